import type { Case } from './case.ts';
import type { MonitorWindow, TimeWindow } from './monitor-window.ts';

/** What one window says towards a case: breached or recovered. `runId` names the version that was looked at. */
export type Look = { window: TimeWindow; breached: boolean; runId: string };

/** The windows that say something, oldest first. One without enough data counts as neither. */
export function looksOf(windows: readonly MonitorWindow[]): Look[] {
  return windows
    .filter(({ status, verdict }) => status === 'judged' && verdict !== undefined && verdict !== 'insufficient-data')
    .map(({ window, breached, runId }) => ({ window, breached: breached === true, runId }))
    .sort((a, b) => Date.parse(a.window.to) - Date.parse(b.window.to));
}

/** A look at the past, or a second one that ends at the same time, changes nothing. */
export function newerLooks(looks: readonly Look[], than: Pick<Case, 'lastWindow'> | undefined): Look[] {
  const after = than === undefined ? Number.NEGATIVE_INFINITY : Date.parse(than.lastWindow.to);
  return looks.filter(({ window }) => Date.parse(window.to) > after);
}

/** The breaches at the end of the list, up to the newest look. */
export function breachesInARow(looks: readonly Look[]): Look[] {
  const last = looks.findLastIndex(({ breached }) => !breached);
  return looks.slice(last + 1);
}
