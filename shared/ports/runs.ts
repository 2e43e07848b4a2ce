import type { Run, RunStatus } from '../domain/run.ts';
import type { RunEvent } from '../domain/run-event.ts';

/** What a step may change of a run; identity never changes. `undefined` leaves a field alone. */
export type RunChanges = Partial<
  Omit<Run, 'runId' | 'runKey' | 'model' | 'projectId' | 'commit' | 'pipelineId' | 'sequence'>
>;

export type Runs = {
  /**
   * Creates the run and takes the model's next sequence number in one transaction. The run that exists wins. `overtaken`: nothing
   * was created, because `run`, of a younger pipeline of the same branch, was accepted before.
   */
  create(
    run: Omit<Run, 'sequence'>,
    event: RunEvent,
  ): Promise<{ outcome: 'created' | 'exists' | 'overtaken'; run: Run }>;
  /** @throws NotFound */
  get(runId: string): Promise<Run>;
  find(runId: string): Promise<Run | undefined>;
  /**
   * Changes the run. `ifStatus`: only from one of these; `ifAttempt`: only in this attempt. An ended run is never changed, except
   * `issueUrl`.
   * @throws WriteConflict when the condition does not hold
   */
  update(
    runId: string,
    changes: RunChanges,
    now: string,
    ifStatus?: readonly RunStatus[],
    ifAttempt?: number,
  ): Promise<Run>;
  /** Newest first; only those that came after the sequence number `after`, where it is given. */
  listByModel(model: string, limit: number, after?: number): Promise<Run[]>;
  /** Runs that an execution should be working on, for the sweeper. */
  listActive(): Promise<Run[]>;
};

export type Timeline = {
  /**
   * Appends once per (runId, key) and puts the fact on the bus where the type has one; a repetition changes nothing. `run`: the
   * event's run as the caller has just read it, which is then not read again.
   */
  record(event: RunEvent, run?: Run): Promise<void>;
  /** Oldest first. */
  list(runId: string): Promise<RunEvent[]>;
};
