import { executionChanged, stepChanged } from '../events/pipeline-events.ts';
import { stopProcessingJob } from '../resources/processing-job.ts';
import { stopTrainingJob } from '../resources/training-job.ts';
import type { CallbackAnswer, PipelineExecution, PipelineStep } from '../state/records.ts';
import type { Executions, World } from '../world.ts';
import { callbackMessage, callbackMetadata, tellQueue } from './callback-step.ts';
import { type PipelinePlan, type PlannedStep, planPipeline } from './definition.ts';
import { progressOf } from './next-steps.ts';
import { evaluateCondition, failureMessage, jobEnded, reasonOf, StepFailed, startJob } from './run-step.ts';
import { selectedSteps } from './selection.ts';

/** The service's own words; the reasons stand at the steps. */
const STEPS_FAILED = 'Step failure: One or multiple steps failed.';
const LONGEST_REASON = 1024;

/** Drives executions: starts what is ready, records what ended, until nothing runs and nothing is ready. */
export class ExecutionEngine implements Executions {
  readonly #world: () => World;
  /** Callback steps that wait for their answer, by token. */
  readonly #waiting = new Map<string, () => void>();
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
    for (const step of execution.steps) {
      if (step.status !== 'Executing' && step.status !== 'Starting') continue;
      this.#saveStep(execution.arn, { ...step, status: 'Stopping' });
      stopJobOf(this.#world(), step);
      if (step.metadata.Callback !== undefined) void this.#tellStopping(execution, step);
    }
    this.#advance(execution.arn);
  }

  answer(execution: PipelineExecution, step: PipelineStep, answer: CallbackAnswer): void {
    this.#saveStep(execution.arn, { ...step, answer });
    this.#waiting.get(step.metadata.Callback?.CallbackToken ?? '')?.();
  }

  /** Takes up what a former run of the server left. Call it after the jobs were taken up. */
  resume(): void {
    for (const execution of this.#world().store.executions.all()) {
      if (execution.status !== 'Executing' && execution.status !== 'Stopping') continue;
      const plan = planPipeline(execution.definition);
      for (const step of execution.steps) {
        if (!['Starting', 'Executing', 'Stopping'].includes(step.status)) continue;
        const planned = plan.steps.find((candidate) => candidate.name === step.name);
        if (planned !== undefined) void this.#run(execution.arn, planned, step);
      }
      this.#advance(execution.arn);
    }
  }

  /** From now on nothing is recorded or started: executions go on with the next run of the server. */
  close(): void {
    this.#closing = true;
  }

  #advance(arn: string): void {
    const execution = this.#find(arn);
    if (this.#closing || execution === undefined) return;
    const plan = planPipeline(execution.definition);
    const { ready, running, failed } = progressOf(selectedSteps(plan.steps, execution.selection), execution.steps);
    if (execution.status === 'Stopping') {
      if (!running) this.#end(execution, { status: 'Stopped' });
    } else if (ready.length > 0) {
      this.#startReady(execution, ready);
    } else if (!running) {
      this.#end(execution, failed ? { status: 'Failed', failureReason: STEPS_FAILED } : { status: 'Succeeded' });
    }
  }

  #startReady(execution: PipelineExecution, ready: PlannedStep[]): void {
    const running = execution.steps.filter((step) => step.endedAt === undefined).length;
    const room = (execution.maxParallelSteps ?? Number.POSITIVE_INFINITY) - running;
    for (const planned of ready.slice(0, Math.max(0, room))) {
      const step: PipelineStep = {
        name: planned.name,
        type: planned.type,
        ...(planned.displayName === undefined ? {} : { displayName: planned.displayName }),
        ...(planned.description === undefined ? {} : { description: planned.description }),
        status: 'Starting',
        startedAt: this.#world().now(),
        metadata: {},
        attempt: (execution.formerAttempts[planned.name] ?? 0) + 1,
      };
      this.#saveStep(execution.arn, step);
      void this.#run(execution.arn, planned, step);
    }
  }

  /** Runs one step to its end. A step that already has a job waits for that one. */
  async #run(arn: string, planned: PlannedStep, step: PipelineStep): Promise<void> {
    let end: Partial<PipelineStep>;
    try {
      end = await this.#outcomeOf(arn, planned, step);
    } catch (error) {
      end = { status: 'Failed', failureReason: reasonOf(error).slice(0, LONGEST_REASON) };
    }
    if (this.#closing) return;
    const current = this.#find(arn)?.steps.find((candidate) => candidate.name === step.name) ?? step;
    this.#saveStep(arn, { ...current, ...end, endedAt: this.#world().now() });
    this.#advance(arn);
  }

  async #outcomeOf(arn: string, planned: PlannedStep, step: PipelineStep): Promise<Partial<PipelineStep>> {
    const world = this.#world();
    const execution = this.#find(arn);
    if (execution === undefined) throw new StepFailed(`ClientError: The execution ${arn} is gone.`);
    const plan = planPipeline(execution.definition);
    if (planned.type === 'Condition') {
      return { status: 'Succeeded', metadata: await evaluateCondition(world, execution, plan, planned) };
    }
    if (planned.type === 'Fail') {
      const message = await failureMessage(world, execution, plan, planned);
      return {
        status: 'Failed',
        failureReason: message.slice(0, LONGEST_REASON),
        metadata: { Fail: { ErrorMessage: message } },
      };
    }
    if (planned.type === 'Callback') return this.#callBack(execution, plan, planned, step);
    const hasJob = Object.keys(step.metadata).length > 0;
    const metadata = hasJob ? step.metadata : await startJob(world, execution, plan, planned);
    if (!hasJob) this.#executing(arn, { ...step, metadata });
    return { status: await jobEnded(world, metadata) };
  }

  /** Writes the token down, tells the queue, and waits for the answer. A step that has a token only waits. */
  async #callBack(
    execution: PipelineExecution,
    plan: PipelinePlan,
    planned: PlannedStep,
    step: PipelineStep,
  ): Promise<Partial<PipelineStep>> {
    const world = this.#world();
    let { metadata } = step;
    if (metadata.Callback === undefined) {
      const message = await callbackMessage(world, execution, plan, planned);
      metadata = callbackMetadata(world, message);
      this.#executing(execution.arn, { ...step, metadata });
      await tellQueue(world, execution, { ...step, metadata }, 'Executing', message.arguments);
    }
    const answer = await this.#answerOf(execution.arn, step.name, metadata.Callback?.CallbackToken ?? '');
    if (answer.outcome === 'failed') return { status: 'Failed', failureReason: answer.reason };
    return { status: 'Succeeded', metadata: { Callback: { ...metadata.Callback, OutputParameters: answer.outputs } } };
  }

  async #answerOf(arn: string, name: string, token: string): Promise<CallbackAnswer> {
    for (;;) {
      const answer = this.#find(arn)?.steps.find((step) => step.name === name)?.answer;
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
  #executing(arn: string, step: PipelineStep): void {
    const stopping = this.#find(arn)?.status === 'Stopping';
    this.#saveStep(arn, { ...step, status: stopping ? 'Stopping' : 'Executing' });
    if (stopping) stopJobOf(this.#world(), step);
  }

  #end(execution: PipelineExecution, end: Pick<PipelineExecution, 'status' | 'failureReason'>): void {
    this.#save({ ...execution, ...end, endedAt: this.#world().now() }, execution.status);
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
}

function stopJobOf(world: World, step: PipelineStep): void {
  const training = world.store.trainingJobs.all().find((job) => job.TrainingJobArn === step.metadata.TrainingJob?.Arn);
  if (training?.TrainingJobStatus === 'InProgress')
    stopTrainingJob(world, { TrainingJobName: training.TrainingJobName });
  const processing = world.store.processingJobs
    .all()
    .find((job) => job.ProcessingJobArn === step.metadata.ProcessingJob?.Arn);
  if (processing?.ProcessingJobStatus === 'InProgress')
    stopProcessingJob(world, { ProcessingJobName: processing.ProcessingJobName });
}
