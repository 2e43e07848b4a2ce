import type { Deployment, Release } from '../domain/deployment.ts';
import type { PersonalWish, ReleaseAnswer, RollbackAnswer } from '../domain/roll-back-deployment.ts';

/** The ways back and the holds of the environments. @throws NotFound where nothing was ever rolled out */
export type Rollbacks = {
  /** Holds the environment and writes down the rollback, or tells of the one that there is. */
  begin(model: string, environment: string, wish: PersonalWish): Promise<RollbackAnswer>;
  /** Counts the next attempt, if `attempt` is the last one. */
  resume(model: string, environment: string, rollbackId: string, attempt: number): Promise<Deployment>;
  /** The former release is live again. @throws WriteConflict when the fence is old or the rollback is over */
  conclude(
    model: string,
    environment: string,
    fence: number,
    rollbackId: string,
    release: Release,
    at: string,
  ): Promise<Deployment>;
  /** What was live still is; roll-outs may go on. A repetition changes nothing. */
  fail(
    model: string,
    environment: string,
    rollbackId: string,
    end: { reasons: string[]; at: string; keepsPending: boolean },
  ): Promise<Deployment>;
  releaseHold(model: string, environment: string, wish: PersonalWish): Promise<ReleaseAnswer>;
  /** Deployments whose rollback is under way and was asked for before `before`. */
  underWay(before: string): Promise<Deployment[]>;
};

/** Executions of the workflow `endpoint-rollback`. */
export type RollbackExecutions = {
  /** Starts once per name. */
  start(
    name: string,
    input: { rollbackId: string; model: string; environment: string; attempt: number },
  ): Promise<void>;
  /** `undefined` when there is none of that name. */
  status(name: string): Promise<'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | undefined>;
};
