import { assessTraining, type TrainingAssessment } from '../domain/assess-training.ts';
import { describeEvent } from '../domain/describe-event.ts';
import { PermissionRefused } from '../domain/faults.ts';
import { subjects } from '../domain/names.ts';
import { redact } from '../domain/redact.ts';
import { isActive, type Run, type Training } from '../domain/run.ts';
import { bounded, cut } from '../domain/run-end.ts';
import { runIdOfDisplayName } from '../domain/run-places.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Runs, Timeline } from '../ports/runs.ts';
import type { TrainingPipelines } from '../ports/sagemaker.ts';

export type SettleTrainingDeps = {
  pipelines: Pick<TrainingPipelines, 'describe' | 'trainingJob' | 'logTail'>;
  runs: Pick<Runs, 'find' | 'update'>;
  timeline: Pick<Timeline, 'record'>;
  rendezvous: Pick<Rendezvous, 'signal'>;
  now: () => string;
};

/** Lines of a failed job's log that go to its author. */
const LOG_LINES = 12;

/**
 * Asks SageMaker how a pipeline execution stands; when it has ended, records that and wakes the run that waits for it.
 * Called on SageMaker's event, by the sweeper and by the step that started it: a repetition changes nothing.
 */
export async function settleTraining(
  pipelineExecutionArn: string,
  deps: SettleTrainingDeps,
): Promise<'settled' | 'running' | 'not-ours'> {
  const execution = await deps.pipelines.describe(pipelineExecutionArn);
  const run = await findRun(execution.displayName, pipelineExecutionArn, deps);
  if (run === undefined) return 'not-ours';
  const assessment = assessTraining(execution);
  if (assessment.state === 'running') return 'running';
  const reasons = await record(run, run.training, assessment, deps);
  const output = { outcome: assessment.state, reasons };
  await deps.rendezvous.signal(subjects.training(pipelineExecutionArn), { output }, deps.now());
  return 'settled';
}

type RunInTraining = Run & { training: Training };

/** A training that its run has not recorded yet is none of ours: the step that starts it looks itself, once it has. */
async function findRun(
  displayName: string,
  arn: string,
  { runs }: SettleTrainingDeps,
): Promise<RunInTraining | undefined> {
  const runId = runIdOfDisplayName(displayName);
  const run = runId === undefined ? undefined : await runs.find(runId);
  if (run?.training?.pipelineExecutionArn !== arn || !isActive(run.status)) return undefined;
  return { ...run, training: run.training };
}

async function record(
  run: Run,
  training: Training,
  assessment: Exclude<TrainingAssessment, { state: 'running' }>,
  deps: SettleTrainingDeps,
): Promise<string[]> {
  const finishedAt = training.finishedAt ?? deps.now();
  if (assessment.state === 'trained') {
    const { artifactUri } = await deps.pipelines.trainingJob(assessment.trainingJobArn);
    const finished = { ...training, finishedAt, trainingJobArn: assessment.trainingJobArn, artifactUri };
    if (training.finishedAt === undefined) await deps.runs.update(run.runId, { training: finished }, deps.now());
    const summary = `SageMaker trained and evaluated the candidate in ${secondsBetween(training.startedAt, finishedAt)} s.`;
    const detail = { trainingJobArn: assessment.trainingJobArn, artifactUri };
    await deps.timeline.record(
      describeEvent(run.runId, 'training-finished', finishedAt, { summary, detail, again: training.number }),
      run,
    );
    return [];
  }
  if (training.finishedAt === undefined)
    await deps.runs.update(run.runId, { training: { ...training, finishedAt } }, deps.now());
  const reasons = bounded([assessment.sentence, ...(await logOf(assessment, deps))]);
  const detail = { outcome: assessment.state, reasons };
  const summary = assessment.sentence;
  await deps.timeline.record(
    describeEvent(run.runId, 'training-failed', finishedAt, { summary, detail, again: training.number }),
    run,
  );
  return reasons;
}

async function logOf(
  assessment: Extract<TrainingAssessment, { state: 'failed' | 'faulted' }>,
  { pipelines }: SettleTrainingDeps,
): Promise<string[]> {
  if (assessment.state !== 'failed' || assessment.jobArn === undefined) return [];
  const job = assessment.jobArn.slice(assessment.jobArn.lastIndexOf(':') + 1);
  const lines = await tailOf(assessment.jobArn, pipelines);
  if (lines === undefined) return [`The log of ${job} could not be read: look at it in CloudWatch Logs.`];
  if (lines.length === 0) return [];
  return [`The last lines of the log of ${job}:`, ...lines.map((line) => cut(redact(line), 300))];
}

/** A log that must not be read keeps nobody waiting: how the training ended is known without it. */
async function tailOf(jobArn: string, pipelines: SettleTrainingDeps['pipelines']): Promise<string[] | undefined> {
  try {
    return await pipelines.logTail(jobArn, LOG_LINES);
  } catch (error) {
    if (error instanceof PermissionRefused) return undefined;
    throw error;
  }
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}
