import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { sagemakerTrainingPipelines } from '../../shared/adapters/sagemaker/training-pipelines.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { type PlanTrainingDeps, planTraining } from '../../shared/application/plan-training.ts';
import { readResolvedData } from '../../shared/application/read-run-documents.ts';
import { findDataChanges } from '../../shared/application/resolve-data.ts';
import { settleTraining } from '../../shared/application/settle-training.ts';
import { type SubmitPipelineDeps, submitPipeline } from '../../shared/application/submit-pipeline.ts';
import { verifyCode } from '../../shared/application/verify-code.ts';
import { assessTraining } from '../../shared/domain/assess-training.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { subjects } from '../../shared/domain/names.ts';
import type { Run } from '../../shared/domain/run.ts';
import { bounded, WhichRun } from '../../shared/domain/run-end.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { TrainingPipelines } from '../../shared/ports/sagemaker.ts';
import { defineStep, type FailsTask, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

type StartTrainingDeps = FailsTask &
  PlanTrainingDeps &
  SubmitPipelineDeps & {
    runs: Pick<Runs, 'get' | 'find' | 'update'>;
    timeline: Pick<Timeline, 'record'>;
    rendezvous: Pick<Rendezvous, 'wait' | 'signal'>;
    pipelines: TrainingPipelines;
    now: () => string;
  };

/** State `StartTraining` of model-lifecycle: answers {outcome: trained | failed | faulted | blocked, reasons}. */
export const step = defineStep({
  input: WhichRun.extend({ taskToken: z.string().min(1) }),
  output: z.void(),
  run: startTraining,
});

export const handler = lambdaWaitStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  documents: s3Documents(environment),
  objects: s3ObjectStore(),
  pipelines: sagemakerTrainingPipelines(),
  onboarding: onboardingRecords(environment),
  stage: environment,
  now: systemTime,
}));

/** A training that ended well, or by the author's mistake, is never repeated; one that met a fault is, by a later attempt. */
async function startTraining(input: WhichRun & { taskToken: string }, deps: StartTrainingDeps): Promise<void> {
  const { rendezvous, now } = deps;
  const run = await currentRun(deps.runs, input);
  const number = await numberOfTraining(run, deps);
  if (number === run.training?.number) return waitFor(run.training.pipelineExecutionArn, input.taskToken, deps);

  const changes = await findChanges(run, deps);
  if (changes.length > 0) {
    // No pipeline execution to wait for: the answer is known, and the run is the subject.
    const subject = subjects.training(`${run.runId}/${run.attempt}`);
    await rendezvous.wait(subject, input.taskToken, now());
    await rendezvous.signal(subject, { output: { outcome: 'blocked', reasons: bounded(changes) } }, now());
    return;
  }
  const planned = await planTraining(run, number, deps);
  const { champion } = planned;
  const { arn } = await submitPipeline(planned, number, deps);
  const startedAt = now();
  const training = { number, pipelineExecutionArn: arn, attempt: run.attempt, startedAt };
  await deps.runs.update(run.runId, { status: 'training', training }, startedAt);
  const summary = number === 1 ? 'SageMaker began to train.' : `SageMaker began to train again (training ${number}).`;
  await deps.timeline.record(
    describeEvent(run.runId, 'training-started', startedAt, {
      summary,
      again: number,
      detail: { pipelineExecutionArn: arn, ...(champion && { championVersion: champion.version }) },
    }),
  );
  await waitFor(arn, input.taskToken, deps);
}

/** SageMaker may have been faster than we were at the table, so the state of things is looked at once after the wait began. */
async function waitFor(arn: string, taskToken: string, deps: StartTrainingDeps): Promise<void> {
  await deps.rendezvous.wait(subjects.training(arn), taskToken, deps.now());
  await settleTraining(arn, deps);
}

async function numberOfTraining(run: Run, { pipelines }: StartTrainingDeps): Promise<number> {
  const { training } = run;
  if (training === undefined) return 1;
  if (training.artifactUri !== undefined || training.attempt === run.attempt) return training.number;
  const assessment = assessTraining(await pipelines.describe(training.pipelineExecutionArn));
  return assessment.state === 'faulted' ? training.number + 1 : training.number;
}

/** What was accepted is what is trained: code and data are looked at again before anything is started. */
async function findChanges(run: Run, { documents, objects }: StartTrainingDeps): Promise<string[]> {
  const [dataChanges, codeIsSound] = await Promise.all([
    readResolvedData(documents, run).then((data) => findDataChanges(data, objects)),
    verifyCode(run, objects),
  ]);
  const codeChanges = codeIsSound
    ? []
    : [
        `The script bundle below ${run.codeUri} is not the one that was accepted: its digest differs. Tell the platform's operators: they find out who changed it and remove it; then push again.`,
      ];
  return [...codeChanges, ...dataChanges];
}
