import type { Context } from 'hono';
import * as z from 'zod';
import { badParameter, badRequest } from './api-error.ts';

type Parameters = Record<string, unknown>;

/** `a[]=1` makes a list, `a[b]=1` an object, `a[][b]=1` a list of objects. */
function put(target: Parameters, name: string, value: unknown): void {
  const [, base = name, rest = ''] = /^([^[]+)((?:\[[^\]]*\])*)$/.exec(name) ?? [];
  const keys = [...rest.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  if (['__proto__', 'constructor', 'prototype'].some((word) => base === word || keys.includes(word))) return;
  if (keys.length === 0) target[base] = value;
  else if (keys[0] === '') putInList(target, base, keys[1], value);
  else target[base] = { ...asObject(target[base]), [keys[0] ?? '']: value };
}

function putInList(target: Parameters, base: string, key: string | undefined, value: unknown): void {
  const known = target[base];
  const list: unknown[] = Array.isArray(known) ? known : [];
  const last = list.at(-1);
  if (!key) list.push(value);
  else if (isObject(last) && !(key in last)) last[key] = value;
  else list.push({ [key]: value });
  target[base] = list;
}

const isObject = (value: unknown): value is Parameters =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const asObject = (value: unknown): Parameters => (isObject(value) ? value : {});

async function bodyParameters(c: Context): Promise<Parameters> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return {};
  const type = c.req.header('content-type') ?? '';
  if (type.includes('application/json')) {
    const text = await c.req.text();
    if (!text.trim()) return {};
    try {
      const body: unknown = JSON.parse(text);
      if (isObject(body)) return body;
    } catch {
      // answered below, with the same words as a body that is no object
    }
    throw badParameter('The request body is not a JSON object');
  }
  if (!type.includes('form')) return {};
  const parameters: Parameters = {};
  const form = await c.req.formData().catch(() => {
    throw badParameter('The request body is not the form that its content type says');
  });
  for (const [name, value] of form) put(parameters, name, typeof value === 'string' ? value : await value.text());
  return parameters;
}

const bodies = new WeakMap<Request, Promise<Parameters>>();

/** Parameters come from the query, a form or JSON; what the schema does not name is left out. */
export async function readParameters<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  const parameters: Parameters = {};
  for (const [name, value] of new URL(c.req.url).searchParams) put(parameters, name, value);
  const body = bodies.get(c.req.raw) ?? bodyParameters(c);
  bodies.set(c.req.raw, body);
  Object.assign(parameters, await body);
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return parsed.data;
  refuseBlankRow(parsed.error.issues);
  throw badParameter([...new Set(parsed.error.issues.map((issue) => sentence(issue, parameters)))].join(', '));
}

function refuseBlankRow(issues: z.core.$ZodIssue[]): void {
  const isBlank = (issue: z.core.$ZodIssue) => issue.code === 'custom' && issue.params?.blankInRow === true;
  if (issues.every(isBlank))
    throw badRequest(Object.fromEntries(issues.map((issue) => [issue.path.join('.'), ["can't be blank"]])));
}

/** Whether something stands at the end of a path such as `actions`, 0, `file_path`. */
function isGiven(given: unknown, path: readonly PropertyKey[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  const inside = Array.isArray(given) ? given[Number(first)] : isObject(given) ? given[String(first)] : undefined;
  return inside !== undefined && isGiven(inside, rest);
}

function sentence(issue: z.core.$ZodIssue, given: Parameters): string {
  const name = issue.path.map((part, i) => (i === 0 ? String(part) : `[${String(part)}]`)).join('');
  if (issue.code === 'custom' && issue.message !== 'Invalid input') return issue.message;
  if (!isGiven(given, issue.path)) return `${name} is missing`;
  if (issue.code === 'custom' && issue.params?.blank === true) return `${name} is empty`;
  if (issue.code === 'custom' && issue.params?.outOfList === true) return `${name} does not have a valid value`;
  return issue.code === 'invalid_value' ? `${name} does not have a valid value` : `${name} is invalid`;
}

/** Text that may arrive as a number. */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
export const filledText = text.refine((value) => value.trim() !== '', { params: { blank: true }, error: undefined });
/** Text that the row itself refuses when it is blank, with `can't be blank`. */
export const rowText = text.refine((value) => value.trim() !== '', { params: { blankInRow: true }, error: undefined });
export const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
const YES = ['1', 'on', 't', 'true', 'y', 'yes'];
const NO = ['0', 'off', 'f', 'false', 'n', 'no'];
/** Clients write a flag as their language does: `True`, `1`, `on`. */
export const flag = z.union([
  z.boolean(),
  z
    .union([z.string(), z.number().transform(String)])
    .transform((value) => value.toLowerCase())
    .pipe(z.enum([...YES, ...NO]).transform((value) => YES.includes(value))),
]);
/** A moment: anything that names a day, with or without a time. */
export const moment = z.string().refine((value) => !Number.isNaN(Date.parse(value)), { error: undefined });
/** A list, or text with commas between. */
export const list = z.union([
  z.array(text),
  text.transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
]);
export const integers = z.union([
  z.array(integer),
  text.transform((value) => value.split(',').filter(Boolean).map(Number)),
]);
