import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, defineSequenceTag, load, mergeTag } from 'js-yaml';
import * as z from 'zod';

/** What `gitlab-ci-local` does not hand down from `default` to jobs. */
const LEFT_OUT = ['interruptible', 'retry', 'timeout', 'id_tokens'] as const;

const Include = z.union([z.string(), z.looseObject({ local: z.string() }).transform(({ local }) => local)]);
const CiFile = z.looseObject({
  default: z.record(z.string(), z.unknown()).optional().catch(undefined),
  include: z.unknown().optional(),
});

/** GitLab's own tag, which points at a part of another job; here it is enough that it can be read. */
const reference = defineSequenceTag<unknown[]>('!reference', {
  create: () => [],
  addItem: (list, item) => void list.push(item),
  identify: () => false,
});
const SCHEMA = CORE_SCHEMA.withTags(mergeTag, reference);

const inside = (checkout: string, path: string) => join(checkout, path.replace(/^\/+/, ''));

/** The keywords of `default` in a file and in the files of the repository that it includes; its own come first. */
export function readDefaults(checkout: string, path: string, seen: string[] = []): Record<string, unknown> {
  const file = inside(checkout, path);
  if (seen.includes(file) || path.split('/').includes('..') || !existsSync(file)) return {};
  let content: unknown;
  try {
    content = load(readFileSync(file, 'utf8'), { schema: SCHEMA });
  } catch {
    return {}; // the parser says what is wrong with it
  }
  const parsed = CiFile.safeParse(content);
  if (!parsed.success) return {};
  const included = [parsed.data.include ?? []].flat().flatMap((one) => {
    const local = Include.safeParse(one);
    return local.success ? [readDefaults(checkout, local.data, [...seen, file])] : [];
  });
  return Object.assign({}, ...included, parsed.data.default);
}

const Inherit = z.looseObject({ default: z.union([z.boolean(), z.array(z.string())]).default(true) });

/** A job with what it inherits of `default`, as far as `inherit` lets it. */
export function withDefaults(job: unknown, defaults: Record<string, unknown>): unknown {
  const body = z.record(z.string(), z.unknown()).safeParse(job);
  if (!body.success) return job;
  const inherit = Inherit.safeParse(body.data.inherit ?? {});
  const wanted = inherit.success ? inherit.data.default : true;
  const takes = (key: string) => (Array.isArray(wanted) ? wanted.includes(key) : wanted);
  const handedDown = LEFT_OUT.filter((key) => !(key in body.data) && key in defaults && takes(key));
  return { ...body.data, ...Object.fromEntries(handedDown.map((key) => [key, defaults[key]])) };
}
