import * as z from 'zod';
import compiled from '../../.build/runbooks.json' with { type: 'json' };

const Runbooks = z.record(z.string(), z.object({ title: z.string(), html: z.string() }));

/** The pages of `docs/runbooks`, by name, as the build rendered them. */
const runbooks = new Map(Object.entries(Runbooks.parse(compiled)));

export function runbookOf(name: string): { title: string; html: string } | undefined {
  return runbooks.get(name);
}
