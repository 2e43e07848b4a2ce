import { hourUriOf } from '../domain/capture-place.ts';
import type { TimeWindow } from '../domain/monitor-window.ts';
import { hoursOf, mayHoldRecords } from '../domain/plan-window.ts';
import type { CaptureObject, CaptureObjects } from '../ports/capture-objects.ts';

/** Hours that are listed at once: a week has 169. */
const AT_ONCE = 8;

/** The objects that may hold records of the window, hour by hour; records are told by their own time when they are read. */
export async function listCaptures(
  destinationUri: string,
  endpointName: string,
  window: TimeWindow,
  captures: Pick<CaptureObjects, 'list'>,
): Promise<CaptureObject[]> {
  const hours = hoursOf(window);
  const found: CaptureObject[] = [];
  for (let first = 0; first < hours.length; first += AT_ONCE) {
    const listed = await Promise.all(
      hours.slice(first, first + AT_ONCE).map(async (hour) => {
        const objects = await captures.list(hourUriOf(destinationUri, endpointName, hour));
        return objects.filter(
          ({ key, modifiedAt }) => key.endsWith('.jsonl') && mayHoldRecords(modifiedAt, hour, window),
        );
      }),
    );
    found.push(...listed.flat());
  }
  return found;
}
