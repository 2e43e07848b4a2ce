import { type RunEvent, RunEventType } from './run-event.ts';

const ORDER = RunEventType.options;

/** Oldest first; events of one millisecond in the order in which a run goes through them. */
export function inOrder(events: readonly RunEvent[]): RunEvent[] {
  return [...events].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || ORDER.indexOf(a.type) - ORDER.indexOf(b.type),
  );
}
