import { describe, expect, it } from '@jest/globals';
import { sweep } from '../../../functions/operations/sweep.ts';
import { subjects } from '../../../shared/domain/names.ts';
import type { EndpointState, PipelineExecution } from '../../../shared/ports/sagemaker.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeExecutions } from '../../fakes/executions.ts';
import { fakeCommitStatuses } from '../../fakes/gitlab.ts';
import { fakeLeases } from '../../fakes/leases.ts';
import { fakeNotices } from '../../fakes/notices.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeReviews } from '../../fakes/reviews.ts';
import { fakeRollbackExecutions } from '../../fakes/rollback-executions.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON, sampleOnboarding, sampleRelease, sampleReview, sampleRun } from '../../fakes/sample-records.ts';

const LATER = '2026-11-23T12:05:00.000Z';
const ARN = 'arn:aws:sagemaker:eu-central-1:000000000000:pipeline/mlops-test-flight-delays-0123456789ab/execution/abc';

function world({ execution, endpoint }: { execution?: PipelineExecution; endpoint?: EndpointState } = {}) {
  const runs = fakeRuns();
  const fail = () => Promise.reject(new Error('SageMaker is away.'));
  const deployments = fakeDeployments();
  return {
    runs,
    timeline: runs.timeline,
    rendezvous: fakeRendezvous(),
    reviews: fakeReviews(runs),
    leases: fakeLeases(),
    deployments,
    rollbacks: deployments.rollbacks,
    executions: fakeExecutions(),
    rollbackExecutions: fakeRollbackExecutions(),
    statuses: fakeCommitStatuses(),
    notices: fakeNotices(),
    onboarding: fakeOnboarding(sampleOnboarding()),
    pipelines: {
      describe: () => (execution ? Promise.resolve(execution) : fail()),
      trainingJob: async () => ({ artifactUri: 's3://mlops-test/runs/x/t1/model/output/model.tar.gz', image: 'image' }),
      logTail: async () => [],
    },
    hosting: { describeEndpoint: async () => endpoint },
    stage: 'test',
    publicUrl: 'https://mlops.example.com',
    now: () => LATER,
  };
}

type World = ReturnType<typeof world>;

/** An active run whose execution is running, so that only its wait is to be repaired. */
async function running(deps: World, changes: Parameters<typeof sampleRun>[0] = {}) {
  const run = deps.runs.put(sampleRun(changes));
  const { runId, model, attempt, environments } = run;
  await deps.executions.startLifecycle(runId, { runId, model, attempt, environments });
  return run;
}

describe('the sweep', () => {
  it('wakes a run whose event from SageMaker was lost', async () => {
    const training = { number: 1, pipelineExecutionArn: ARN, attempt: 1, startedAt: NOON };
    const deps = world({
      execution: {
        arn: ARN,
        displayName: '',
        status: 'Succeeded',
        steps: [
          {
            name: 'Train',
            type: 'Training',
            status: 'Succeeded',
            jobArn: 'arn:aws:sagemaker:eu-central-1:000000000000:training-job/x',
          },
        ],
      },
    });
    const run = await running(deps, { training });
    const described = await deps.pipelines.describe();
    described.displayName = `${run.runId}-t1`;
    await deps.rendezvous.wait(subjects.training(ARN), 'token', NOON);
    await sweep(deps);
    expect(deps.rendezvous.tokens.answers.get('token')).toEqual({ output: { outcome: 'trained', reasons: [] } });
  });

  it('wakes a roll-out whose endpoint has come into service unheard', async () => {
    const deps = world({ endpoint: { status: 'InService', configName: 'new', variants: [] } });
    const run = await running(deps);
    const subject = subjects.endpoint('mlops-test-flight-delays-qa', run.runId, 1, 'pending');
    const pending = {
      ...sampleRelease(run, { endpointConfigName: 'new' }),
      fence: 1,
      move: { towards: 'pending' as const, subject, since: NOON },
    };
    deps.deployments.put(
      { model: run.model, environment: 'qa', endpointName: 'mlops-test-flight-delays-qa', pending },
      1,
    );
    await deps.rendezvous.wait(subject, 'token', NOON);
    await sweep(deps);
    expect(deps.rendezvous.tokens.answers.get('token')).toEqual({ output: { outcome: 'in-service', reasons: [] } });
  });

  it('hands on a lease whose holder ended without letting go', async () => {
    const deps = world();
    const holder = deps.runs.put(sampleRun({ status: 'routed-back' }));
    const run = await running(deps, { pipelineId: 102, sequence: 2 });
    const request = { model: run.model, environment: 'dev', now: NOON };
    await deps.leases.acquire({ ...request, runId: holder.runId, sequence: 1 });
    await deps.leases.acquire({ ...request, runId: run.runId, sequence: 2 });
    await deps.rendezvous.wait(subjects.lease(run.model, 'dev', run.runId, 1), 'token', NOON);
    await sweep(deps);
    expect(deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'acquired' } });
  });

  it('lets an unanswered review expire, which never approves', async () => {
    const deps = world();
    const run = await running(deps, { status: 'awaiting-approval' });
    deps.reviews.put(sampleReview(run, { expiresAt: '2026-11-23T12:04:00.000Z' }));
    await deps.rendezvous.wait(subjects.review('0123456789abcdef0123456789abcdef'), 'token', NOON);
    await sweep(deps);
    expect(deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'expired' } });
    expect(deps.notices.sent.map(({ to }) => to)).toEqual(['stewards']);
  });

  it('answers a decision that a crash kept from the workflow', async () => {
    const deps = world();
    const run = await running(deps, { status: 'awaiting-approval' });
    const decision = {
      decisionId: '1',
      outcome: 'rejected' as const,
      by: { id: 3, username: 'steward-1', name: 'Stella' },
      at: NOON,
      reason: 'Too early.',
      packetSha256: 'a'.repeat(64),
    };
    deps.reviews.put(sampleReview(run, { status: 'rejected', decision }));
    await deps.rendezvous.wait(subjects.review('0123456789abcdef0123456789abcdef'), 'token', NOON);
    await sweep(deps);
    expect(deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'rejected' } });
  });

  it('leaves those alone that have waited for seconds only', async () => {
    const deps = world({ endpoint: { status: 'InService', configName: 'new', variants: [] } });
    const run = await running(deps);
    await deps.rendezvous.wait(subjects.lease(run.model, 'dev', run.runId, 1), 'token', '2026-11-23T12:04:50.000Z');
    await sweep(deps);
    expect(deps.rendezvous.tokens.answers.size).toBe(0);
  });

  it('repairs the rest when one repair fails, and reports the failure', async () => {
    const deps = world();
    const run = await running(deps, { status: 'awaiting-approval' });
    deps.reviews.put(sampleReview(run, { expiresAt: NOON }));
    await deps.rendezvous.wait(subjects.training(ARN), 'token of training', NOON);
    await deps.rendezvous.wait(subjects.review('0123456789abcdef0123456789abcdef'), 'token of review', NOON);
    await expect(sweep(deps)).rejects.toThrow('1 repair failed');
    expect(deps.rendezvous.tokens.answers.has('token of review')).toBe(true);
  });

  it('repairs the other kinds when one list can not be read', async () => {
    const deps = world();
    const run = await running(deps, { status: 'awaiting-approval' });
    deps.reviews.put(sampleReview(run, { expiresAt: NOON }));
    await deps.rendezvous.wait(subjects.review('0123456789abcdef0123456789abcdef'), 'token', NOON);
    deps.runs.listActive = () => Promise.reject(new Error('The stored item RUN#x is damaged.'));
    await expect(sweep(deps)).rejects.toThrow('1 repair failed');
    expect(deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'expired' } });
  });
});

describe('the sweep and a rollback', () => {
  async function rollingBack(endpoint?: EndpointState) {
    const deps = world({ ...(endpoint && { endpoint }) });
    const [good, bad] = [
      sampleRun({ status: 'live' }),
      sampleRun({ pipelineId: 102, sequence: 2, status: 'live' }),
    ].map((run) => deps.runs.put(run));
    if (good === undefined || bad === undefined) throw new Error('two runs');
    const place = { model: good.model, environment: 'prod' };
    const endpointName = 'mlops-test-flight-delays-prod';
    deps.deployments.put({ ...place, endpointName, live: sampleRelease(bad), former: sampleRelease(good) }, 1);
    const by = { id: 6, username: 'on-call', name: 'Onno' };
    const answer = await deps.rollbacks.begin(place.model, place.environment, { by, reason: 'Too slow.', at: NOON });
    if (answer.outcome !== 'begun') throw new Error(answer.outcome);
    const { rollbackId } = answer.rollback;
    const input = (attempt: number) => ({ rollbackId, ...place, attempt });
    return {
      deps,
      good,
      bad,
      place,
      rollbackId,
      input,
      endpointName,
      begin: () => deps.rollbackExecutions.start(rollbackId, input(1)),
    };
  }

  it('wakes it when its endpoint has come into service unheard', async () => {
    const w = await rollingBack({ status: 'InService', configName: 'mlops-test-flight-delays-config-1', variants: [] });
    await w.begin();
    const subject = subjects.endpoint(w.endpointName, w.rollbackId, 1, 'pending');
    const move = { towards: 'pending' as const, subject, since: NOON };
    const pending = { ...sampleRelease(w.good), fence: 2, rollbackId: w.rollbackId, move };
    await w.deps.deployments.prepare(w.place.model, 'prod', w.endpointName, pending);
    await w.deps.rendezvous.wait(subject, 'token', NOON);
    await sweep(w.deps);
    expect(w.deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'in-service' } });
  });

  it('hands it the lease of a run that ended without letting go', async () => {
    const w = await rollingBack();
    await w.begin();
    const request = { ...w.place, sequence: 2, now: NOON };
    await w.deps.leases.acquire({ ...request, runId: w.bad.runId });
    await w.deps.leases.acquire({ ...request, runId: w.rollbackId });
    await w.deps.rendezvous.wait(subjects.rollbackLease(w.place.model, 'prod', w.rollbackId), 'token', NOON);
    await sweep(w.deps);
    expect(w.deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'acquired', fence: 2 } });
  });

  it('takes the lease from a rollback that is over, and from none that is under way', async () => {
    const w = await rollingBack();
    await w.begin();
    const run = await running(w.deps, { pipelineId: 103, sequence: 3 });
    const request = { ...w.place, sequence: 3, now: NOON };
    await w.deps.leases.acquire({ ...request, runId: w.rollbackId });
    await w.deps.leases.acquire({ ...request, runId: run.runId });
    await w.deps.rendezvous.wait(subjects.lease(run.model, 'prod', run.runId, 1), 'token', NOON);
    await sweep(w.deps);
    expect(w.deps.rendezvous.tokens.answers.get('token')).toBeUndefined();
    await w.deps.rollbacks.fail(w.place.model, 'prod', w.rollbackId, { reasons: [], at: NOON, keepsPending: false });
    await sweep(w.deps);
    expect(w.deps.rendezvous.tokens.answers.get('token')).toMatchObject({ output: { outcome: 'acquired' } });
  });

  it('starts the execution that was never started, and tells the story again of one that was lost', async () => {
    const w = await rollingBack();
    await sweep(w.deps);
    expect(w.deps.rollbackExecutions.started.get(w.rollbackId)).toEqual(w.input(1));
    w.deps.rollbackExecutions.end(w.rollbackId, 'FAILED');
    await sweep(w.deps);
    expect(w.deps.rollbackExecutions.started.get(`${w.rollbackId}-r2`)).toEqual(w.input(2));
    await sweep(w.deps);
    expect(w.deps.rollbackExecutions.started.size).toBe(2);
  });

  it.each([
    ['a person stopped', 1],
    ['nothing helps', 3],
  ])('gives one up that %s, and tells on-call once', async (_what, attempts) => {
    const w = await rollingBack();
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await sweep(w.deps);
      const name = attempt === 1 ? w.rollbackId : `${w.rollbackId}-r${attempt}`;
      w.deps.rollbackExecutions.end(name, attempts === 1 ? 'ABORTED' : 'TIMED_OUT');
    }
    await sweep(w.deps);
    await sweep(w.deps);
    const after = await w.deps.deployments.find(w.place.model, 'prod');
    expect(after).toMatchObject({ live: { version: 2 }, rollback: { status: 'failed', attempt: attempts } });
    expect(after).not.toHaveProperty('hold');
    expect(w.deps.notices.sent).toMatchObject([
      { to: 'on-call', subject: expect.stringContaining('[rollback failed]') },
    ]);
  });
});
