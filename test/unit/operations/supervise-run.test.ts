import { describe, expect, it } from '@jest/globals';
import { superviseRun } from '../../../shared/application/supervise-run.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { fakeExecutions } from '../../fakes/executions.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON, sampleRun } from '../../fakes/sample-records.ts';

const LATER = '2026-11-23T12:05:00.000Z';

function world(now = LATER) {
  const runs = fakeRuns();
  const parked: [Run, string][] = [];
  return {
    runs,
    timeline: runs.timeline,
    executions: fakeExecutions(),
    parked,
    park: async (run: Run, sentence: string) => void parked.push([run, sentence]),
    now: () => now,
  };
}

async function lost(
  deps: ReturnType<typeof world>,
  run: Run,
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'SUCCEEDED',
) {
  const { runId, model, attempt, environments } = run;
  const name = attempt === 1 ? runId : `${runId}-r${attempt}`;
  await deps.executions.startLifecycle(name, { runId, model, attempt, environments });
  deps.executions.end(name, status);
}

describe('supervising an active run', () => {
  it('leaves it alone while its execution runs', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    await deps.executions.startLifecycle(run.runId, {
      runId: run.runId,
      model: run.model,
      attempt: 1,
      environments: run.environments,
    });
    await superviseRun(run, deps);
    expect([...deps.executions.started.keys()]).toEqual([run.runId]);
    expect(deps.parked).toEqual([]);
  });

  it('starts the execution that acceptance could not start any more', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    await superviseRun(run, deps);
    expect(deps.executions.started.get(run.runId)).toEqual({
      runId: run.runId,
      model: run.model,
      attempt: 1,
      environments: run.environments,
    });
  });

  it('gives acceptance a minute to start it', async () => {
    const deps = world(NOON);
    await superviseRun(deps.runs.put(sampleRun()), deps);
    expect(deps.executions.started.size).toBe(0);
  });

  it.each([
    'FAILED',
    'TIMED_OUT',
    'SUCCEEDED',
  ] as const)('goes on with another attempt when the execution %s and the run had not ended', async (status) => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    await lost(deps, run, status);
    await superviseRun(run, deps);
    expect(deps.executions.started.get(`${run.runId}-r2`)).toMatchObject({ attempt: 2 });
    expect((await deps.runs.get(run.runId)).attempt).toBe(2);
    expect(deps.timeline.events.map(({ key }) => key)).toEqual(['run-resumed#2']);
  });

  it('parks it after five attempts', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun({ attempt: 5 }));
    await lost(deps, run, 'FAILED');
    await superviseRun(run, deps);
    expect(deps.parked[0]?.[1]).toContain('5 attempts');
  });

  it('parks it when a person stopped the execution, instead of arguing', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun());
    await lost(deps, run, 'ABORTED');
    await superviseRun(run, deps);
    expect(deps.parked).toHaveLength(1);
    expect(deps.executions.started.size).toBe(1);
  });
});
