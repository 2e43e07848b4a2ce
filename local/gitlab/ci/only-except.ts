import * as z from 'zod';
import { PatternError, whereFound } from '../match-pattern.ts';
import type { Pipeline } from '../rows/pipelines.ts';

/** What a pipeline is of, as far as `only` and `except` look at it. */
export type RunsFor = Pick<Pipeline, 'ref' | 'tag' | 'source'>;

const Refs = z.union([z.string().transform((ref) => [ref]), z.array(z.string())]);
const Policy = z.union([
  Refs.transform((refs) => ({ refs })),
  z.looseObject({ refs: Refs.optional() }).transform(({ refs }) => ({ refs })),
]);

const SOURCES: Record<string, string> = {
  api: 'api',
  chat: 'chat',
  external: 'external',
  merge_requests: 'merge_request_event',
  pipelines: 'pipeline',
  pushes: 'push',
  schedules: 'schedule',
  triggers: 'trigger',
  web: 'web',
};

function matches(pattern: string, { ref, tag, source }: RunsFor): boolean {
  const name = pattern.split('@')[0] ?? pattern;
  if (name === 'tags') return tag;
  if (name === 'branches') return !tag && source !== 'merge_request_event';
  if (SOURCES[name] === source) return true;
  const [, expression, flags] = /^\/(.+)\/(i?)$/.exec(name) ?? [];
  if (!expression) return name === ref;
  try {
    return whereFound(expression, [ref], flags === 'i').length > 0;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

/** Whether a job without `rules` is in the pipeline: by default in those of branches and tags. */
export function isLetIn(job: { only?: unknown; except?: unknown }, pipeline: RunsFor): boolean {
  const refsOf = (policy: unknown) => Policy.safeParse(policy).data?.refs;
  const only = refsOf(job.only) ?? (job.only === undefined ? ['branches', 'tags'] : undefined);
  const except = refsOf(job.except) ?? [];
  const any = (refs: string[]) => refs.some((pattern) => matches(pattern, pipeline));
  return (only === undefined || any(only)) && !any(except);
}
