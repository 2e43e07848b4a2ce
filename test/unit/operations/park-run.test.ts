import { describe, expect, it } from '@jest/globals';
import { step } from '../../../functions/operations/park-run.ts';
import { subjects } from '../../../shared/domain/names.ts';
import { fakeCommitStatuses } from '../../fakes/gitlab.ts';
import { fakeLeases } from '../../fakes/leases.ts';
import { fakeNotices } from '../../fakes/notices.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON, sampleOnboarding, sampleRun } from '../../fakes/sample-records.ts';

function world() {
  const runs = fakeRuns();
  return {
    runs,
    timeline: runs.timeline,
    leases: fakeLeases(),
    rendezvous: fakeRendezvous(),
    statuses: fakeCommitStatuses(),
    notices: fakeNotices(),
    onboarding: fakeOnboarding(sampleOnboarding()),
    publicUrl: 'https://mlops.example.com',
    now: () => NOON,
  };
}

const refused = { outcome: 'faulted' as const, reasons: ['SageMaker has no capacity for ml.m5.large.'] };

describe('parking a run', () => {
  it('tells on-call why, and where to go on', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    await expect(step.run({ runId: run.runId, attempt: 1, end: refused }, deps)).resolves.toEqual({
      outcome: 'parked',
    });
    expect(deps.notices.sent).toHaveLength(1);
    expect(deps.notices.sent[0]).toMatchObject({ to: 'on-call', group: 'ml-on-call' });
    expect(deps.notices.sent[0]?.text).toContain('SageMaker has no capacity for ml.m5.large.');
    expect(deps.notices.sent[0]?.text).toContain(`https://mlops.example.com/runs/${run.runId}`);
    expect(await deps.runs.get(run.runId)).toMatchObject({ status: 'parked', reasons: refused.reasons });
  });

  it('sends no second mail when the step is repeated', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    await step.run({ runId: run.runId, attempt: 1, end: refused }, deps);
    await step.run({ runId: run.runId, attempt: 1, end: refused }, deps);
    expect(deps.notices.sent).toHaveLength(1);
    expect(deps.timeline.events.filter(({ type }) => type === 'run-parked')).toHaveLength(1);
  });

  it('leaves the run to the sweeper while on-call can not be told', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    deps.notices.tellOnCall = () => Promise.reject(new Error('SNS is away.'));
    await expect(step.run({ runId: run.runId, attempt: 1, end: refused }, deps)).rejects.toThrow('SNS is away.');
    expect((await deps.runs.get(run.runId)).status).toBe('training');
  });

  it('says the sentence of a caught fault, without its stack and without secrets', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    const cause = JSON.stringify({
      errorType: 'PermissionRefused',
      errorMessage: 'GitLab refused glpat-0123456789abcdefghij.',
      trace: ['at x'],
    });
    const end = { outcome: 'faulted' as const, reasons: [], fault: { name: 'PermissionRefused', cause } };
    await step.run({ runId: run.runId, attempt: 1, end }, deps);
    const [reason = ''] = (await deps.runs.get(run.runId)).reasons;
    expect(reason).toMatch(/^PermissionRefused: GitLab refused /);
    expect(reason).not.toContain('glpat-0123456789');
    expect(reason).not.toContain('at x');
  });

  it('lets go of the lease, so that the next run moves on', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    const next = deps.runs.put(sampleRun({ pipelineId: 102, sequence: 2 }));
    await deps.leases.acquire({ model: run.model, environment: 'qa', runId: run.runId, sequence: 1, now: NOON });
    await deps.leases.acquire({ model: run.model, environment: 'qa', runId: next.runId, sequence: 2, now: NOON });
    await deps.rendezvous.wait(subjects.lease(run.model, 'qa', next.runId, 1), 'token-of-next', NOON);
    await step.run({ runId: run.runId, attempt: 1, end: refused }, deps);
    expect(deps.rendezvous.tokens.answers.get('token-of-next')).toMatchObject({ output: { outcome: 'acquired' } });
  });

  it('leaves a run alone that has ended', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun({ status: 'live' }));
    await expect(step.run({ runId: run.runId, attempt: 1, end: refused }, deps)).resolves.toEqual({
      outcome: 'over',
    });
    expect(deps.notices.sent).toEqual([]);
  });

  it('does nothing for an attempt that another one has replaced', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun({ attempt: 2 }));
    await expect(step.run({ runId: run.runId, attempt: 1, end: refused }, deps)).resolves.toEqual({ outcome: 'over' });
    expect((await deps.runs.get(run.runId)).status).toBe('training');
  });
});
