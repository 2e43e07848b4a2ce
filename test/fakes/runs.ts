import { refuseRunChange } from '../../shared/domain/change-run.ts';
import { NotFound } from '../../shared/domain/faults.ts';
import { findNewerCandidate, NEWEST_RUNS } from '../../shared/domain/find-newer-candidate.ts';
import { isActive, type Run } from '../../shared/domain/run.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { type FakeTimeline, fakeTimeline } from './timeline.ts';

export type FakeRuns = Runs & { timeline: FakeTimeline; put: (run: Run) => Run };

/** Runs in memory. `put` places a run as it stands, for tests that begin in the middle of a story. */
export function fakeRuns(timeline: FakeTimeline = fakeTimeline()): FakeRuns {
  const runs = new Map<string, Run>();
  const sequences = new Map<string, number>();

  function put(run: Run): Run {
    runs.set(run.runId, structuredClone(run));
    sequences.set(run.model, Math.max(run.sequence, sequences.get(run.model) ?? 0));
    timeline.know(run);
    return run;
  }

  function newestOf(model: string, limit: number): Run[] {
    return [...runs.values()]
      .filter((run) => run.model === model)
      .sort((a, b) => b.sequence - a.sequence)
      .slice(0, limit)
      .map((run) => structuredClone(run));
  }

  function known(runId: string): Run {
    const run = runs.get(runId);
    if (run === undefined) throw new NotFound(`There is no run ${runId}.`);
    return structuredClone(run);
  }

  return {
    timeline,
    put,
    get: async (runId) => known(runId),
    async create(run, event) {
      const existing = runs.get(run.runId);
      if (existing !== undefined) return { outcome: 'exists', run: structuredClone(existing) };
      const newer = findNewerCandidate(run, newestOf(run.model, NEWEST_RUNS));
      if (newer !== undefined) return { outcome: 'overtaken', run: newer };
      const created: Run = { ...run, sequence: (sequences.get(run.model) ?? 0) + 1 };
      put(created);
      await timeline.record(event);
      return { outcome: 'created', run: structuredClone(created) };
    },
    async find(runId) {
      return runs.has(runId) ? known(runId) : undefined;
    },
    async update(runId, changes, now, ifStatus, ifAttempt) {
      const run = known(runId);
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const refusal = refuseRunChange(run, Object.keys(given), ifStatus, ifAttempt);
      if (refusal !== undefined) throw refusal;
      return structuredClone(put({ ...run, ...given, updatedAt: now }));
    },
    async listByModel(model, limit, after = 0) {
      return newestOf(model, limit).filter(({ sequence }) => sequence > after);
    },
    async listActive() {
      return [...runs.values()].filter((run) => isActive(run.status)).map((run) => structuredClone(run));
    },
  };
}
