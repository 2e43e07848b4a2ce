import type { TimeWindow } from './monitor-window.ts';
import { endpointPageOf } from './run-places.ts';

/** Where people read the report of a window; the times are spelt as in the window's record. */
export function reportPageOf(publicUrl: string, model: string, environment: string, { from, to }: TimeWindow): string {
  const [start, end] = [encodeURIComponent(from), encodeURIComponent(to)];
  return `${endpointPageOf(publicUrl, model, environment)}/windows/${end}/${start}/report`;
}
