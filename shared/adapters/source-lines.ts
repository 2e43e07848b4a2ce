import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';

type Path = readonly PropertyKey[];
type LineOf = (path: Path) => number | undefined;

/** Where a key, or an entry of a list, begins, in characters; and by name or number what stands inside it. */
type Place = { offset: number; inside: Map<string, Place> };

/**
 * Where in a YAML or JSON text a path stands: the line, from 1, of the key or entry there, or of the nearest group around
 * it. In a text that can't be read everything stands in the first line.
 */
export function lineFinderOf(text: string): LineOf {
  const events = eventsOf(text);
  return events === undefined ? () => 1 : findLines(text, events).lineOf;
}

/** Also the lines of keys that stand in their group already. */
export function findLines(text: string, events: readonly Event[]): { lineOf: LineOf; repeatedKeys: number[] } {
  const repeated: number[] = [];
  const remaining = events.slice(1).values();
  const root = placeOf(remaining.next().value, 0, { text, remaining, repeated });
  return {
    lineOf: (path) => lineAt(text, nearest(root, path).offset),
    repeatedKeys: repeated.map((offset) => lineAt(text, offset)),
  };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

type Reading = { text: string; remaining: Iterator<Event>; repeated: number[] };

/** The place of the node that begins with this event; the events of what stands inside are taken, too. */
function placeOf(event: Event | undefined, around: number, reading: Reading): Place {
  const place: Place = { offset: offsetOf(event) ?? around, inside: new Map() };
  if (event?.type === EVENT_ID.SEQUENCE) {
    for (const first of untilEnd(reading))
      place.inside.set(String(place.inside.size), placeOf(first, place.offset, reading));
  }
  if (event?.type === EVENT_ID.MAPPING) {
    for (const first of untilEnd(reading)) {
      const { offset } = placeOf(first, place.offset, reading);
      const { inside } = placeOf(reading.remaining.next().value, offset, reading);
      if (first.type !== EVENT_ID.SCALAR) continue;
      const key = getScalarValue(reading.text, first);
      if (place.inside.has(key)) reading.repeated.push(offset);
      else place.inside.set(key, { offset, inside });
    }
  }
  return place;
}

function* untilEnd({ remaining }: Reading): Generator<Event> {
  for (let next = remaining.next(); !next.done && next.value.type !== EVENT_ID.POP; next = remaining.next())
    yield next.value;
}

/** A value that is left out has no place of its own. */
function offsetOf(event: Event | undefined): number | undefined {
  if (event === undefined) return undefined;
  const offset = 'start' in event ? event.start : 'valueStart' in event ? event.valueStart : -1;
  return offset < 0 ? undefined : offset;
}

function nearest(root: Place, path: Path): Place {
  let place = root;
  for (const key of path) {
    const within = place.inside.get(String(key));
    if (within === undefined) break;
    place = within;
  }
  return place;
}

function eventsOf(text: string): Event[] | undefined {
  try {
    return parseEvents(text, {});
  } catch {
    return undefined;
  }
}
