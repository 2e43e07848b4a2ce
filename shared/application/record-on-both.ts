import type { Rollback } from '../domain/deployment.ts';
import { describeEvent } from '../domain/describe-event.ts';
import type { RunEventType } from '../domain/run-event.ts';
import type { Timeline } from '../ports/runs.ts';

type Told = { summary: string; environment: string; actor?: string; detail?: Record<string, string | number> };

/** What happens to a rollback stands in both timelines: of the version that is left, and of the one that comes back. */
export async function recordOnBoth(
  { rollbackId, from, to }: Rollback,
  type: RunEventType,
  at: string,
  told: Told,
  timeline: Pick<Timeline, 'record'>,
): Promise<void> {
  const detail = { rollback: rollbackId, from: from.version, to: to.version, ...told.detail };
  for (const { runId } of [from, to])
    await timeline.record(describeEvent(runId, type, at, { ...told, detail, again: rollbackId }));
}
