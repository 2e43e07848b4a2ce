import { describe, expect, it } from '@jest/globals';
import { step } from '../../../functions/training/start-training.ts';
import { settleTraining } from '../../../shared/application/settle-training.ts';
import { CapacityRefused, ServiceUnavailable } from '../../../shared/domain/faults.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { acceptedRun, DATA_URI, testStage } from '../../fakes/accepted-run.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { fakeTrainingPipelines } from '../../fakes/sagemaker.ts';
import { NOON, sampleRelease } from '../../fakes/sample-records.ts';

const TRAINING_JOB = 'arn:aws:sagemaker:eu-central-1:000000000000:training-job/job-1';

async function world(changes: Partial<Run> = {}) {
  const { run, documents, objects } = await acceptedRun(changes);
  const runs = fakeRuns();
  runs.put(run);
  const rendezvous = fakeRendezvous();
  const deps = {
    runs,
    timeline: runs.timeline,
    documents,
    objects,
    rendezvous,
    failTask: rendezvous.tokens.failTask,
    deployments: fakeDeployments(),
    pipelines: fakeTrainingPipelines(),
    onboarding: fakeOnboarding(),
    stage: testStage,
    now: () => NOON,
  };
  const train = (attempt = 1, taskToken = `token-${attempt}`) =>
    step.run({ runId: run.runId, attempt, taskToken }, deps);
  const answer = (taskToken = 'token-1') => rendezvous.tokens.answers.get(taskToken);
  const current = () => runs.get(run.runId);
  return { run, deps, train, answer, current };
}

type World = Awaited<ReturnType<typeof world>>;

async function end({ deps }: World, outcome: 'trained' | 'script-failed' | 'no-capacity', number = 1): Promise<string> {
  const arn = deps.pipelines.started[number - 1]?.arn ?? '';
  const reasons = {
    'script-failed': 'AlgorithmError: ExecuteUserScriptError: exit code 1',
    'no-capacity': 'CapacityError: Unable to provision requested ML compute capacity.',
  };
  const step = { name: 'Train', type: 'Training', jobArn: TRAINING_JOB };
  if (outcome === 'trained')
    deps.pipelines.end(arn, { status: 'Succeeded', steps: [{ ...step, status: 'Succeeded' }] });
  else
    deps.pipelines.end(arn, {
      status: 'Failed',
      steps: [{ ...step, status: 'Failed', failureReason: reasons[outcome] }],
    });
  await settleTraining(arn, deps);
  return arn;
}

async function parkAndRetry({ run, deps }: World): Promise<void> {
  await deps.runs.update(run.runId, { status: 'parked' }, NOON);
  await deps.runs.update(run.runId, { status: 'training', attempt: 2 }, NOON);
}

describe('starting a training', () => {
  it('starts the fenced pipeline once and waits', async () => {
    const w = await world();
    await w.train();
    const [started] = w.deps.pipelines.started;
    expect(started?.parameters).toMatchObject({
      CodeUri: w.run.codeUri,
      DataUri: DATA_URI.replace(/\/$/, ''),
      OutputUri: `s3://mlops-test/runs/${w.run.runId}/t1`,
      ChampionUri: 's3://mlops-test/champion/none',
      TrainingInstanceType: 'ml.m5.large',
    });
    expect(await w.deps.objects.head('s3://mlops-test/champion/none')).toBeDefined();
    const definition = w.deps.pipelines.pipelines.get(started?.pipelineName ?? '')?.definition ?? '';
    expect(definition).toContain('role/mlops-test-training');
    expect(definition).toContain('subnet-1');
    expect((await w.current()).training).toMatchObject({ number: 1, attempt: 1, pipelineExecutionArn: started?.arn });
    expect(w.answer()).toBeUndefined();
    await end(w, 'trained');
    expect(w.answer()).toEqual({ output: { outcome: 'trained', reasons: [] } });
  });

  it('gives a display name by which a settled execution finds its run', async () => {
    const w = await world();
    await w.train();
    expect(w.deps.pipelines.started[0]?.displayName).toBe(`${w.run.runId}-t1`);
  });

  it('freezes what is live in the last environment as the champion', async () => {
    const w = await world();
    const live = sampleRelease({ runId: 'f'.repeat(20), sequence: 0, commit: w.run.commit }, { version: 4 });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'prod', endpointName: 'e', live });
    w.deps.deployments.put({
      model: 'flight-delays',
      environment: 'dev',
      endpointName: 'e',
      live: { ...live, version: 5 },
    });
    await w.train();
    expect((await w.current()).champion).toMatchObject({ version: 4, artifactUri: live.artifactUri });
    expect(w.deps.pipelines.started[0]?.parameters.ChampionUri).toBe(live.artifactUri);
  });

  it.each([
    ['nothing', undefined],
    ['another version', 4],
  ])('repeats a start with the same parameters after a crash, whatever went live meanwhile, where %s was live before', async (_what, before) => {
    const w = await world();
    const goLive = (version: number) => {
      const live = sampleRelease({ runId: 'f'.repeat(20), sequence: 0, commit: w.run.commit }, { version });
      const artifactUri = `s3://mlops-test/approved/${version}/model.tar.gz`;
      const deployment = { model: 'flight-delays', environment: 'prod', endpointName: 'e', live };
      w.deps.deployments.put({ ...deployment, live: { ...live, artifactUri } });
    };
    if (before !== undefined) goLive(before);
    const asked: Record<string, string>[] = [];
    const start = w.deps.pipelines.start.bind(w.deps.pipelines);
    w.deps.pipelines.start = async (execution) => {
      asked.push(execution.parameters);
      const started = await start(execution);
      if (asked.length === 1) throw new ServiceUnavailable('crashed before the execution was written down');
      return started;
    };
    await expect(w.train()).rejects.toThrow('crashed');
    goLive(5);
    await w.train();
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
    expect(w.deps.pipelines.started).toHaveLength(1);
    expect((await w.current()).champion?.version).toBe(before);
  });

  it('does not start twice when the step is repeated in the same attempt', async () => {
    const w = await world();
    await w.train(1, 'lost');
    await w.train(1, 'token-1');
    expect(w.deps.pipelines.started).toHaveLength(1);
    await end(w, 'trained');
    expect(w.answer()).toMatchObject({ output: { outcome: 'trained' } });
  });

  it('does not train again what was trained well: a later attempt is answered at once', async () => {
    const w = await world();
    await w.train();
    await end(w, 'trained');
    await parkAndRetry(w);
    await w.train(2);
    expect(w.deps.pipelines.started).toHaveLength(1);
    expect(w.answer('token-2')).toMatchObject({ output: { outcome: 'trained' } });
  });

  it('trains again in a later attempt after a fault of the platform', async () => {
    const w = await world();
    await w.train();
    await end(w, 'no-capacity');
    expect(w.answer()).toMatchObject({ output: { outcome: 'faulted' } });
    await parkAndRetry(w);
    await w.train(2);
    expect(w.deps.pipelines.started.map(({ displayName }) => displayName)).toEqual([
      `${w.run.runId}-t1`,
      `${w.run.runId}-t2`,
    ]);
    await end(w, 'trained', 2);
    expect(w.answer('token-2')).toMatchObject({ output: { outcome: 'trained' } });
    expect((await w.current()).training).toMatchObject({ number: 2, attempt: 2 });
  });

  it('waits on for a training that still runs when its run was parked meanwhile', async () => {
    const w = await world();
    await w.train();
    await parkAndRetry(w);
    await w.train(2);
    expect(w.deps.pipelines.started).toHaveLength(1);
    await end(w, 'trained');
    expect(w.answer('token-2')).toMatchObject({ output: { outcome: 'trained' } });
  });

  it('starts nothing when a file of the bundle was changed after acceptance', async () => {
    const w = await world();
    w.deps.objects.put(`${w.run.codeUri}/train.py`, 'print("something else")\n');
    await w.train();
    expect(w.deps.pipelines.started).toEqual([]);
    expect(w.answer()).toMatchObject({
      output: { outcome: 'blocked', reasons: [expect.stringContaining('digest differs')] },
    });
  });

  it('starts nothing when the bundle has a file more than was accepted', async () => {
    const w = await world();
    w.deps.objects.put(`${w.run.codeUri}/sitecustomize.py`, 'import os\n');
    await w.train();
    expect(w.answer()).toMatchObject({ output: { outcome: 'blocked' } });
  });

  it('starts nothing when the data was overwritten after acceptance, and names the object', async () => {
    const w = await world();
    w.deps.objects.put(`${DATA_URI}flights-2013-q1.csv.gz`, 'other data');
    await w.train();
    expect(w.deps.pipelines.started).toEqual([]);
    const reasons = ['data flights: flight-delays/flights-2013-q1.csv.gz was overwritten after the run was accepted.'];
    expect(w.answer()).toEqual({ output: { outcome: 'blocked', reasons } });
  });

  it('lets a refusal of SageMaker through as a fault', async () => {
    const w = await world();
    w.deps.pipelines.refuseNext(new CapacityRefused('No quota.'));
    await expect(w.train()).rejects.toThrow(CapacityRefused);
    expect((await w.current()).training).toBeUndefined();
  });

  it('does nothing for an attempt that another one has replaced', async () => {
    const w = await world({ attempt: 2 });
    await expect(w.train(1)).rejects.toThrow('attempt 2 goes on');
    expect(w.deps.pipelines.started).toEqual([]);
  });
});
