import { ContractBroken } from './faults.ts';
import type { DocumentReference } from './identifiers.ts';
import type { Judgement, MonitorWindow } from './monitor-window.ts';

/** Longer than PublishWindow may take with all its retries: who has not published by then never will. */
const PUBLISHING_MILLISECONDS = 15 * 60_000;

/** A window is worked on until it is judged; what was judged stays. Whoever plans again works on what is there. */
export function claimWindow(current: MonitorWindow | undefined, wanted: MonitorWindow): MonitorWindow {
  return current === undefined || current.status === 'failed' ? wanted : current;
}

/** The first judgement holds; a later one of the same window changes nothing. */
export function concludeWindow(current: MonitorWindow | undefined, judgement: Judgement, now: string): MonitorWindow {
  const window = expectPlanned(current);
  return window.status === 'judged' ? window : { ...window, ...judgement, status: 'judged', judgedAt: now };
}

export function failWindow(current: MonitorWindow | undefined, reason: string): MonitorWindow {
  const window = expectPlanned(current);
  return window.status === 'judged' ? window : { ...window, status: 'failed', reason: reason.slice(0, 1000) };
}

/** The first page stays. */
export function addPage(current: MonitorWindow | undefined, page: DocumentReference): MonitorWindow {
  const window = expectPlanned(current);
  return window.page === undefined ? { ...window, page } : window;
}

/**
 * One execution publishes a window. It may begin again after a fault of its own; another takes over only where the first has
 * been silent for so long that it must be dead.
 */
export function beginPublication(current: MonitorWindow | undefined, by: string, now: string): MonitorWindow {
  const window = expectPlanned(current);
  const { publishing, publishedAt } = window;
  const isAlive = publishing !== undefined && Date.parse(now) - Date.parse(publishing.since) < PUBLISHING_MILLISECONDS;
  if (publishedAt !== undefined || (isAlive && publishing.by !== by)) return window;
  return publishing?.by === by ? window : { ...window, publishing: { by, since: now } };
}

/** Who was taken for dead and comes back finds that another has taken over, and changes nothing. */
export function concludePublication(current: MonitorWindow | undefined, by: string, now: string): MonitorWindow {
  const window = expectPlanned(current);
  return window.publishedAt === undefined && isPublishedBy(window, by) ? { ...window, publishedAt: now } : window;
}

export function isPublishedBy({ publishing }: MonitorWindow, by: string): boolean {
  return publishing?.by === by;
}

function expectPlanned(window: MonitorWindow | undefined): MonitorWindow {
  if (window !== undefined) return window;
  throw new ContractBroken('This window was never planned, so nothing can be recorded of it.');
}
