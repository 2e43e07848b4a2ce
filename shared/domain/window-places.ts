import type { WindowKey } from './monitor-window.ts';

/** An instant without colons, which some tools don't like in keys: `20261123T100000Z`. */
function compact(time: string): string {
  return time.replaceAll(/[-:]|\.\d+/g, '');
}

function placeOf({ environment, window: { from, to } }: WindowKey): string {
  return `${environment}/${compact(to)}-${compact(from)}`;
}

/** Prefix, in the capture bucket, of what the workers count of a window; no trailing slash. Its lifecycle removes it after a week. */
export function statesKeyOf(key: WindowKey): string {
  return `states/${key.model}/${placeOf(key)}`;
}

/** Workers of one plan never meet those of another: the objects may have changed between two. */
export function batchKeyOf(key: WindowKey, planSha256: string, batch: number): string {
  return `${statesKeyOf(key)}/${planSha256.slice(0, 16)}/batch-${String(batch).padStart(4, '0')}.json`;
}

/** Prefix, among the run's documents, of a window's report; no trailing slash. */
export function reportKeyOf(key: WindowKey, runId: string): string {
  return `documents/${runId}/windows/${placeOf(key)}`;
}
