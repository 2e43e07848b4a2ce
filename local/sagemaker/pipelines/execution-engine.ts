import { executionChanged, stepChanged } from '../events/pipeline-events.ts';
import type { CallbackAnswer, PipelineExecution, PipelineStep } from '../state/records.ts';
import type { Executions, World } from '../world.ts';
import { tellQueue } from './callback-step.ts';
import type { PlannedStep } from './definition.ts';
import { stopJobOf } from './job-step.ts';
import { isRunning, progressOf } from './next-steps.ts';
import { nextTry } from './next-try.ts';
import { planOf } from './plan-of.ts';
import { runStep } from './run-step.ts';
import { selectedSteps } from './selection.ts';
import { reasonOf, StepFailed } from './step-failed.ts';
import { Waits } from './waits.ts';

/** The service's own words; the reasons stand at the steps. */
const STEPS_FAILED = 'Step failure: One or multiple steps failed.';
const LONGEST_REASON = 1024;

/** Drives executions: starts what is ready, records what ended, until nothing runs and nothing is ready. */
export class ExecutionEngine implements Executions {
  readonly #world: () => World;
  /** Callback steps that wait for their answer, by token. */
  readonly #waiting = new Map<string, () => void>();
  /** Steps that wait for their next try. */
  readonly #pauses = new Waits();
  #closing = false;

  /** The world comes late, because the engine is part of it. */
  constructor(world: () => World) {
    this.#world = world;
  }

  begin(execution: PipelineExecution, previous?: string): void {
    this.#save(execution, previous);
    this.#advance(execution.arn);
  }

  /** Stops the running jobs; the execution is Stopped when all have ended. */
  stop(execution: PipelineExecution): void {
    this.#save({ ...execution, status: 'Stopping' }, execution.status);
    for (const step of execution.steps.filter(isRunning)) {
      this.#change(execution.arn, step.name, { status: 'Stopping' });
      stopJobOf(this.#world(), step);
      if (step.metadata.Callback !== undefined) void this.#tellStopping(execution, step);
      this.#pauses.end(pauseOf(execution.arn, step.name));
    }
    this.#advance(execution.arn);
  }

  answer(execution: PipelineExecution, step: PipelineStep, answer: CallbackAnswer): void {
    this.#change(execution.arn, step.name, { answer });
    this.#waiting.get(step.metadata.Callback?.CallbackToken ?? '')?.();
  }

  /** Takes up what a former run of the server left. Call it after the jobs were taken up. */
  resume(): void {
    for (const execution of this.#world().store.executions.all()) {
      if (execution.status !== 'Executing' && execution.status !== 'Stopping') continue;
      try {
        this.#resume(execution);
      } catch (error) {
        this.#end(execution, { status: 'Failed', failureReason: reasonOf(error) });
      }
    }
  }

  /** @throws ValidationException for a definition that an earlier version took and this one doesn't */
  #resume(execution: PipelineExecution): void {
    const plan = planOf(execution.definition);
    for (const step of execution.steps.filter(isRunning)) {
      const planned = plan.steps.find((candidate) => candidate.name === step.name);
      if (planned !== undefined) this.#begin(execution.arn, planned);
    }
    this.#advance(execution.arn);
  }

  /** From now on nothing is recorded or started: executions go on with the next run of the server. */
  close(): void {
    this.#closing = true;
  }

  #advance(arn: string): void {
    const execution = this.#find(arn);
    if (this.#closing || execution === undefined || execution.endedAt !== undefined) return;
    const plan = planOf(execution.definition);
    const { ready, running, failed } = progressOf(selectedSteps(plan.steps, execution.selection), execution.steps);
    if (execution.status === 'Stopping') {
      const timedOut = execution.steps.some((step) => step.timedOut);
      if (!running)
        this.#end(execution, timedOut ? { status: 'Failed', failureReason: STEPS_FAILED } : { status: 'Stopped' });
    } else if (ready.length > 0) {
      this.#startReady(execution, ready);
    } else if (!running) {
      this.#end(execution, failed ? { status: 'Failed', failureReason: STEPS_FAILED } : { status: 'Succeeded' });
    }
  }

  #startReady(execution: PipelineExecution, ready: PlannedStep[]): void {
    const room = (execution.maxParallelSteps ?? Number.POSITIVE_INFINITY) - execution.steps.filter(isRunning).length;
    for (const planned of ready.slice(0, Math.max(0, room))) {
      this.#saveStep(execution.arn, {
        name: planned.name,
        type: planned.type,
        ...(planned.displayName === undefined ? {} : { displayName: planned.displayName }),
        ...(planned.description === undefined ? {} : { description: planned.description }),
        status: 'Starting',
        startedAt: this.#world().now(),
        metadata: {},
        attempt: (execution.formerAttempts[planned.name] ?? 0) + 1,
      });
      this.#begin(execution.arn, planned);
    }
  }

  /** Nobody waits for a step: what it throws itself, such as a record that can't be written, ends it as failed. */
  #begin(arn: string, planned: PlannedStep): void {
    this.#run(arn, planned).catch((error: unknown) => this.#fail(arn, planned.name, error));
  }

  #fail(arn: string, name: string, error: unknown): void {
    const world = this.#world();
    world.log(`The step ${name} of ${arn} could not go on: ${String(error)}`);
    if (this.#closing) return;
    try {
      const step = this.#step(arn, name);
      if (step !== undefined && isRunning(step))
        this.#saveStep(arn, { ...step, status: 'Failed', failureReason: reasonOf(error), endedAt: world.now() });
      this.#advance(arn);
    } catch (again) {
      world.log(`The end of the step ${name} of ${arn} could not be recorded: ${String(again)}`);
    }
  }

  /** Runs one step to its end, as often as its retry policies say. A step that already has a job waits for that one. */
  async #run(arn: string, planned: PlannedStep): Promise<void> {
    for (;;) {
      const end = await this.#attempt(arn, planned);
      if (this.#closing) return;
      if (end === 'again') continue;
      this.#change(arn, planned.name, { ...end, endedAt: this.#world().now() });
      this.#advance(arn);
      return;
    }
  }

  async #attempt(arn: string, planned: PlannedStep): Promise<Partial<PipelineStep> | 'again'> {
    const execution = this.#find(arn);
    const step = execution?.steps.find(({ name }) => name === planned.name);
    if (execution === undefined || step === undefined) return {};
    try {
      if (step.retryAt !== undefined) {
        const { retryAt, ...again } = step;
        const waitMs = retryAt.getTime() - this.#world().now().getTime();
        if (execution.status === 'Executing') await this.#pauses.until(pauseOf(arn, step.name), waitMs);
        if (this.#closing) return {};
        if (this.#find(arn)?.status === 'Stopping') return { status: 'Stopped' };
        this.#saveStep(arn, { ...again, metadata: {}, attempt: step.attempt + 1 });
        return 'again';
      }
      return await runStep({
        world: this.#world(),
        execution,
        plan: planOf(execution.definition),
        planned,
        step,
        executing: (changes) => this.#executing(arn, step.name, changes),
        answered: (token) => this.#answerOf(arn, step.name, token),
      });
    } catch (error) {
      return this.#failed(arn, planned, error);
    }
  }

  /** The end of a step that threw, unless a retry policy says otherwise. */
  #failed(arn: string, planned: PlannedStep, error: unknown): Partial<PipelineStep> | 'again' {
    const step = this.#step(arn, planned.name);
    const world = this.#world();
    const { exception, timedOut } = error instanceof StepFailed ? error : { exception: undefined, timedOut: false };
    if (step !== undefined && this.#find(arn)?.status === 'Executing' && !this.#closing) {
      const next = nextTry(planned, step, exception, world.now(), world.configuration.timeScale);
      if (next !== undefined) {
        this.#saveStep(arn, { ...step, ...next });
        return 'again';
      }
    }
    const failureReason = reasonOf(error).slice(0, LONGEST_REASON);
    return { status: 'Failed', failureReason, ...(timedOut ? { timedOut } : {}) };
  }

  async #answerOf(arn: string, name: string, token: string): Promise<CallbackAnswer> {
    for (;;) {
      const answer = this.#step(arn, name)?.answer;
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => this.#waiting.set(token, resolve));
      this.#waiting.delete(token);
    }
  }

  /** The step goes on until it is answered; a queue that is gone can't be told. */
  async #tellStopping(execution: PipelineExecution, step: PipelineStep): Promise<void> {
    try {
      await tellQueue(this.#world(), execution, step, 'Stopping', undefined);
    } catch (error) {
      this.#world().log(`The stopping of ${execution.arn} could not be told: ${reasonOf(error)}`);
    }
  }

  /** The step has its job. If the execution was stopped while the job was being created, the job is stopped too. */
  #executing(arn: string, name: string, changes: Partial<PipelineStep>): boolean {
    const stopping = this.#find(arn)?.status === 'Stopping';
    this.#change(arn, name, { ...changes, status: stopping ? 'Stopping' : 'Executing' });
    const step = this.#step(arn, name);
    if (stopping && step !== undefined) stopJobOf(this.#world(), step);
    return !stopping;
  }

  #end(execution: PipelineExecution, end: Pick<PipelineExecution, 'status' | 'failureReason'>): void {
    this.#save({ ...execution, ...end, endedAt: this.#world().now() }, execution.status);
  }

  #change(arn: string, name: string, changes: Partial<PipelineStep>): void {
    const step = this.#step(arn, name);
    if (step !== undefined) this.#saveStep(arn, { ...step, ...changes });
  }

  #saveStep(arn: string, step: PipelineStep): void {
    const execution = this.#find(arn);
    if (execution === undefined) return;
    const before = execution.steps.find((candidate) => candidate.name === step.name);
    const steps =
      before === undefined
        ? [...execution.steps, step]
        : execution.steps.map((each) => (each === before ? step : each));
    const world = this.#world();
    world.store.executions.put(arn, { ...execution, steps, modifiedAt: world.now() });
    if (before?.status !== step.status) world.events.send(stepChanged(execution, step, before?.status, world.now()));
  }

  #save(execution: PipelineExecution, previous: string | undefined): void {
    const world = this.#world();
    world.store.executions.put(execution.arn, { ...execution, modifiedAt: world.now() });
    if (execution.status !== previous) world.events.send(executionChanged(execution, previous, world.now()));
  }

  #find(arn: string): PipelineExecution | undefined {
    return this.#world().store.executions.get(arn);
  }

  #step(arn: string, name: string): PipelineStep | undefined {
    return this.#find(arn)?.steps.find((step) => step.name === name);
  }
}

function pauseOf(arn: string, stepName: string): string {
  return `${arn}/${stepName}`;
}
