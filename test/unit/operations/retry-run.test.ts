import { describe, expect, it } from '@jest/globals';
import { retryRun } from '../../../shared/application/retry-run.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { DEVELOPER, MAINTAINER } from '../../../shared/ports/gitlab.ts';
import { fakeExecutions } from '../../fakes/executions.ts';
import { fakeMemberships } from '../../fakes/gitlab.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON, sampleOnboarding, sampleRun } from '../../fakes/sample-records.ts';

const maintainer = { id: 7, username: 'mia', name: 'Mia' };
const developer = { id: 8, username: 'dev', name: 'Dev' };
const outsider = { id: 9, username: 'outsider', name: 'Outsider' };

function world(changes: Partial<Run> = {}) {
  const runs = fakeRuns();
  const run = runs.put(sampleRun({ status: 'parked', reasons: ['No capacity.'], ...changes }));
  const levels = { [maintainer.id]: MAINTAINER, [developer.id]: DEVELOPER };
  const deps = {
    runs,
    timeline: runs.timeline,
    executions: fakeExecutions(),
    memberships: fakeMemberships({ projects: { [run.projectId]: levels } }),
    onboarding: fakeOnboarding(sampleOnboarding()),
    now: () => NOON,
  };
  return { run, deps };
}

describe('retrying a parked run', () => {
  it('starts its next attempt in the name of a Maintainer', async () => {
    const { run, deps } = world();
    await expect(retryRun(run.runId, maintainer, deps)).resolves.toMatchObject({ outcome: 'retried' });
    expect(await deps.runs.get(run.runId)).toMatchObject({ status: 'training', attempt: 2, reasons: [] });
    expect(deps.executions.started.get(`${run.runId}-r2`)).toMatchObject({ attempt: 2 });
    expect(deps.timeline.events).toEqual([
      expect.objectContaining({ key: 'run-retried#2', actor: 'Mia (@mia)', detail: { by: 7, attempt: 2 } }),
    ]);
  });

  it('has on record who let it go on even where the execution could not be started', async () => {
    const { run, deps } = world();
    deps.executions.startLifecycle = () => Promise.reject(new Error('Step Functions is away.'));
    await expect(retryRun(run.runId, maintainer, deps)).rejects.toThrow('Step Functions is away.');
    expect(deps.timeline.events.map(({ key }) => key)).toEqual(['run-retried#2']);
  });

  it('is refused to those who are no Maintainers, and unknown to outsiders', async () => {
    const { run, deps } = world();
    await expect(retryRun(run.runId, developer, deps)).resolves.toMatchObject({ outcome: 'not-allowed' });
    await expect(retryRun(run.runId, outsider, deps)).resolves.toEqual({ outcome: 'unknown' });
    await expect(retryRun('f'.repeat(20), maintainer, deps)).resolves.toEqual({ outcome: 'unknown' });
    expect(deps.executions.started.size).toBe(0);
  });

  it('does nothing for a run that is not parked', async () => {
    const { run, deps } = world({ status: 'rolling-out' });
    await expect(retryRun(run.runId, maintainer, deps)).resolves.toMatchObject({ outcome: 'not-parked' });
  });

  it('starts nothing for a page that was read before an attempt that is parked again by now', async () => {
    const { run, deps } = world();
    const stale = { ...deps, runs: { ...deps.runs, find: async () => run } };
    deps.runs.put({ ...run, attempt: 2 });
    await expect(retryRun(run.runId, maintainer, stale)).resolves.toMatchObject({ outcome: 'not-parked' });
    expect(deps.executions.started.size).toBe(0);
    expect(await deps.runs.get(run.runId)).toMatchObject({ status: 'parked', attempt: 2 });
  });

  it('starts one attempt when two press at once', async () => {
    const { run, deps } = world();
    const results = await Promise.all([1, 2].map(() => retryRun(run.runId, maintainer, deps)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['not-parked', 'retried']);
    expect(deps.executions.started.size).toBe(1);
  });
});
