import * as z from 'zod';
import type { DataQualityFinding } from './drift/drift-report.ts';

/** So many are named in a part, and then in the report. */
const MOST_NAMED = 20;

const UnreadableObject = z.object({ key: z.string(), why: z.string() });
export type UnreadableObject = z.infer<typeof UnreadableObject>;

/** What one worker counted of its batch. `state` is a WindowStateDocument; who reads it has the baseline to check it with. */
export const WindowPart = z.object({
  state: z.unknown(),
  unreadable: z.number().int().min(0),
  named: z.array(UnreadableObject).max(MOST_NAMED),
});
export type WindowPart = z.infer<typeof WindowPart>;

export function windowPart(state: unknown, unreadable: readonly UnreadableObject[]): WindowPart {
  return { state, unreadable: unreadable.length, named: unreadable.slice(0, MOST_NAMED) };
}

/** One finding for all objects that could not be read; none where all could. */
export function nameUnreadable(parts: readonly Omit<WindowPart, 'state'>[]): DataQualityFinding[] {
  const count = parts.reduce((sum, part) => sum + part.unreadable, 0);
  if (count === 0) return [];
  const named = parts.flatMap((part) => part.named).slice(0, MOST_NAMED);
  const more = count > named.length ? `; and ${count - named.length} more` : '';
  const objects = count === 1 ? 'One object of captured records' : `${count} objects of captured records`;
  const list = named.map(({ key, why }) => `${key} (${why})`).join('; ');
  return [
    { kind: 'unreadable-object', sentence: `${objects} could not be read to the end: ${list}${more}.`, found: count },
  ];
}
