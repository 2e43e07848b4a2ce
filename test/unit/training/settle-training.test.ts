import { describe, expect, it } from '@jest/globals';
import { consumer } from '../../../functions/training/settle-training.ts';
import { PermissionRefused } from '../../../shared/domain/faults.ts';
import { subjects } from '../../../shared/domain/names.ts';
import { displayNameOf } from '../../../shared/domain/run-places.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { fakeTrainingPipelines } from '../../fakes/sagemaker.ts';
import { NOON, sampleRun } from '../../fakes/sample-records.ts';

const ACCOUNT = '000000000000';
const JOB = `arn:aws:sagemaker:eu-central-1:${ACCOUNT}:training-job/job-1`;

async function world(recorded = true) {
  const runs = fakeRuns();
  const pipelines = fakeTrainingPipelines();
  const rendezvous = fakeRendezvous();
  const { runId } = sampleRun();
  const { arn } = await pipelines.start({
    pipelineName: 'mlops-test-flight-delays-0123456789ab',
    token: 't',
    displayName: displayNameOf(runId, 1),
    description: '',
    parameters: {},
  });
  const training = { number: 1, attempt: 1, pipelineExecutionArn: arn, startedAt: NOON };
  const run = runs.put(sampleRun(recorded ? { training } : {}));
  await rendezvous.wait(subjects.training(arn), 'token', NOON);
  const deps = {
    runs,
    timeline: runs.timeline,
    pipelines,
    rendezvous,
    accountId: ACCOUNT,
    stage: 'test',
    now: () => '2026-11-23T12:03:20.000Z',
  };
  const event = (account = ACCOUNT, pipelineExecutionArn = arn) => ({
    source: 'aws.sagemaker',
    account,
    detailType: 'SageMaker Model Building Pipeline Execution Status Change',
    detail: { pipelineExecutionArn, currentPipelineExecutionStatus: 'Succeeded' },
  });
  const hear = (...given: Parameters<typeof event>) => consumer.run(event(...given), deps);
  const fail = (failureReason: string, type = 'Training') =>
    pipelines.end(arn, {
      status: 'Failed',
      steps: [{ name: 'Train', type, status: 'Failed', failureReason, jobArn: JOB }],
    });
  const succeed = () =>
    pipelines.end(arn, {
      status: 'Succeeded',
      steps: [{ name: 'Train', type: 'Training', status: 'Succeeded', jobArn: JOB }],
    });
  return { run, runs, deps, hear, fail, succeed, answer: () => rendezvous.tokens.answers.get('token') };
}

describe('settling a training', () => {
  it('records the artifact and wakes the run', async () => {
    const w = await world();
    w.succeed();
    await w.hear();
    expect(w.answer()).toEqual({ output: { outcome: 'trained', reasons: [] } });
    const { training } = await w.runs.get(w.run.runId);
    expect(training).toMatchObject({ trainingJobArn: JOB, artifactUri: expect.stringContaining('model.tar.gz') });
    expect(w.runs.timeline.events[0]).toMatchObject({
      key: 'training-finished#1',
      summary: expect.stringContaining('200 s'),
    });
    expect(w.runs.timeline.bus.facts[0]?.detailType).toBe('TrainingFinished.v1');
  });

  it('changes nothing when the event is repeated', async () => {
    const w = await world();
    w.succeed();
    await w.hear();
    await w.hear();
    expect(w.runs.timeline.events).toHaveLength(1);
    expect(w.deps.rendezvous.tokens.answers.size).toBe(1);
  });

  it('believes SageMaker and not the event while the pipeline still runs', async () => {
    const w = await world();
    await w.hear();
    expect(w.answer()).toBeUndefined();
  });

  it("takes a script's failure back to its author with the last lines of its log, redacted", async () => {
    const w = await world();
    w.deps.pipelines.logs.set(JOB, ['Traceback', 'ValueError: password=hunter22']);
    w.fail('AlgorithmError: ExecuteUserScriptError: ExitCode 1');
    await w.hear();
    const answer = w.answer();
    expect(answer).toMatchObject({
      output: {
        outcome: 'failed',
        reasons: [
          expect.stringContaining('Step Train (Training) failed'),
          expect.any(String),
          'Traceback',
          expect.any(String),
        ],
      },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter22');
  });

  it('wakes the run although the log may not be read, and says so', async () => {
    const w = await world();
    w.deps.pipelines.logTail = () => Promise.reject(new PermissionRefused('logs:DescribeLogStreams was refused.'));
    w.fail('AlgorithmError: ExecuteUserScriptError: ExitCode 1');
    await w.hear();
    expect(w.answer()).toMatchObject({
      output: { outcome: 'failed', reasons: [expect.any(String), expect.stringContaining('could not be read')] },
    });
  });

  it.each([
    ['CapacityError: Unable to provision requested ML compute capacity.', 'faulted'],
    ["ResourceLimitExceeded: The account-level service limit 'ml.p4d.24xlarge for training job usage' is 0", 'faulted'],
    [
      "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: The account-level service limit 'ml.m5.large for training job usage' is 0 Instances",
      'faulted',
    ],
    ['AccessDeniedException: role is not authorized to perform s3:GetObject', 'faulted'],
    ['InternalServerError: We encountered an internal error.', 'faulted'],
    ['ClientError: Data download failed: no objects below the prefix', 'failed'],
    ['MaxRuntimeExceeded: The job ran longer than 1800 s', 'failed'],
    ['AlgorithmError: the script printed ResourceLimitExceeded and AccessDenied', 'failed'],
  ])('calls %s %s', async (reason, outcome) => {
    const w = await world();
    w.fail(reason);
    await w.hear();
    expect(w.answer()).toMatchObject({ output: { outcome } });
  });

  it("takes a Fail step's message back to the author", async () => {
    const w = await world();
    w.fail('AUC below the limit', 'Fail');
    await w.hear();
    expect(w.answer()).toMatchObject({
      output: { outcome: 'failed', reasons: ['Step Train (Fail) failed: AUC below the limit'] },
    });
  });

  it('does not call a pipeline that trained nothing a success', async () => {
    const w = await world();
    w.deps.pipelines.end(w.run.training?.pipelineExecutionArn ?? '', { status: 'Succeeded', steps: [] });
    await w.hear();
    expect(w.answer()).toMatchObject({
      output: { outcome: 'failed', reasons: [expect.stringContaining('without training')] },
    });
  });

  it('ignores an event of another account', async () => {
    const w = await world();
    w.succeed();
    await w.hear('111111111111');
    expect(w.answer()).toBeUndefined();
  });

  it("ignores another owner's pipeline without asking for it", async () => {
    const w = await world();
    await w.hear(ACCOUNT, `arn:aws:sagemaker:eu-central-1:${ACCOUNT}:pipeline/theirs/execution/x`);
    expect(w.answer()).toBeUndefined();
  });

  it('leaves a training to the step that started it until its run has recorded it', async () => {
    const w = await world(false);
    w.succeed();
    await w.hear();
    expect(w.answer()).toBeUndefined();
  });

  it('leaves a parked run parked', async () => {
    const w = await world();
    await w.runs.update(w.run.runId, { status: 'parked' }, NOON);
    w.succeed();
    await w.hear();
    expect(w.answer()).toBeUndefined();
    expect((await w.runs.get(w.run.runId)).status).toBe('parked');
  });
});
