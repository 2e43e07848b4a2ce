import { describe, expect, it } from '@jest/globals';
import { trackLatency } from '../../../functions/feedback/track-latency.ts';
import { acceptedRun } from '../../fakes/accepted-run.ts';
import { fakeCases } from '../../fakes/cases.ts';
import { fakeIssues, fakeIssueThreads } from '../../fakes/gitlab.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { hourly } from '../../fakes/sample-cases.ts';

async function makeWorld() {
  const runs = fakeRuns();
  const { run, documents } = await acceptedRun({ status: 'live' });
  runs.put(run);
  const [issues, threads, cases] = [fakeIssues(), fakeIssueThreads(), fakeCases()];
  let hour = 0;
  const deps = {
    runs,
    documents,
    issues,
    threads,
    cases,
    publicUrl: 'https://mlops.example.com',
    newId: () => `worker-${hour}`,
    now: () => hourly(hour).to,
  };
  const tell = (state: 'burning' | 'recovered', at: number) => {
    hour = at;
    const detail = {
      ...{ runId: run.runId, model: 'flight-delays', commit: run.commit, occurredAt: hourly(at).to },
      ...{ environment: 'prod', endpointName: 'mlops-test-flight-delays-prod', version: 3, severity: 'page' as const },
      ...{ since: hourly(at).from, withinMs: 100, target: 0.99, burnRates: { '1h': 20.5 }, errorsAlone: false, state },
    };
    return trackLatency(detail, deps);
  };
  return { issues, threads, cases, tell };
}

describe('a case of latency', () => {
  it('opens with the burn rates, asks for no retraining, and closes when it is over', async () => {
    const { issues, threads, cases, tell } = await makeWorld();
    await tell('burning', 1);
    await tell('burning', 1);
    expect(issues.opened).toHaveLength(1);
    expect(issues.opened[0]?.description).toContain('| 1h | 20.5 |');
    await tell('recovered', 2);
    expect(threads.closed.has(1)).toBe(true);
    expect(cases.all()).toMatchObject([{ signal: 'latency', status: 'closed', closedBy: { kind: 'recovery' } }]);
    expect(cases.bus.facts.map(({ detailType }) => detailType)).toEqual(['CaseOpened.v1', 'CaseClosed.v1']);
    await tell('burning', 3);
    expect(issues.opened).toHaveLength(2);
  });
});
