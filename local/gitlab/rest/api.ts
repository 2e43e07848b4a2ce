import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { accessToGroup, accessToProject, canSee, REPORTER } from '../access.ts';
import type { Namespace } from '../rows/members.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { ApiError, badParameter, forbidden, notFound, unauthorized } from './api-error.ts';

export interface Caller {
  user: User;
  scopes: string[];
}

interface ApiEnv {
  Variables: { caller: Caller | undefined };
}
export type ApiContext = Context<ApiEnv>;
export type Api = Hono<ApiEnv>;

/** Why a token that exists lets nobody in. */
export type TokenFault = 'revoked' | 'expired' | 'blocked';

/** Finds out who calls; undefined when the credentials are no good. */
export type FindCaller = (
  token: string,
  kind: 'private' | 'bearer' | 'job',
) => Promise<Caller | TokenFault | undefined>;
/** The user whom an administrator's `sudo` names, by number or name. */
export type FindUser = (reference: string) => User | undefined;

export function newApi(findCaller: FindCaller, findUser: FindUser): Api {
  const api: Api = new Hono<ApiEnv>();
  api.onError((error, c) => {
    if (error instanceof ApiError) return c.json(error.body, error.status);
    console.error(error);
    return c.json({ message: '500 Internal Server Error' }, 500);
  });
  api.notFound((c) => c.json({ error: '404 Not Found' }, 404));
  api.use(async (c, next) => {
    c.header('x-request-id', randomUUID());
    c.set('caller', actingAs(c, await authenticate(c, findCaller), findUser));
    await next();
  });
  return api;
}

async function authenticate(c: ApiContext, findCaller: FindCaller): Promise<Caller | undefined> {
  const given = credentialsOf(c);
  if (!given) return undefined;
  const caller = await findCaller(given.token, given.kind);
  if (!caller) throw unauthorized();
  if (typeof caller === 'string') throw FAULTS[caller];
  requireScope(c, caller);
  return caller;
}

const invalidToken = (error_description: string) => new ApiError(401, { error: 'invalid_token', error_description });
const FAULTS: Record<TokenFault, ApiError> = {
  revoked: invalidToken('Token was revoked. You have to re-authorize from the user.'),
  expired: invalidToken('Token is expired. You can either do re-authorization or token refresh.'),
  blocked: new ApiError(403, { message: '403 Forbidden - Your account has been blocked.' }),
};

/** An administrator may do something in the name of somebody else. */
function actingAs(c: ApiContext, caller: Caller | undefined, findUser: FindUser): Caller | undefined {
  const reference = c.req.header('sudo') ?? c.req.query('sudo');
  if (!caller || !reference) return caller;
  if (!caller.user.is_admin) throw new ApiError(403, { message: '403 Forbidden - Must be admin to use sudo' });
  if (!caller.scopes.includes('sudo')) throw insufficientScope('sudo');
  const user = findUser(reference);
  if (!user) throw new ApiError(404, { message: `404 User with ID or username '${reference}' Not Found` });
  return { ...caller, user };
}

function credentialsOf(c: ApiContext) {
  const bearer = /^Bearer\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return (
    named('private', c.req.header('private-token') ?? c.req.query('private_token')) ??
    named('job', c.req.header('job-token') ?? c.req.query('job_token')) ??
    named('bearer', bearer ?? c.req.query('access_token'))
  );
}

/** The token that the caller showed. */
export const tokenOf = (c: ApiContext): string | undefined => credentialsOf(c)?.token;

const named = (kind: 'private' | 'bearer' | 'job', token: string | undefined) => (token ? { kind, token } : undefined);

function requireScope(c: ApiContext, caller: Caller): void {
  const reading = c.req.method === 'GET' || c.req.method === 'HEAD';
  const repositoryRead = reading && c.req.path.includes('/repository/') && caller.scopes.includes('read_repository');
  const self = reading && /\/api\/v4\/user$/.test(c.req.path) && caller.scopes.includes('read_user');
  if (c.req.path.endsWith('/api/v4/personal_access_tokens/self')) return;
  if (caller.scopes.includes('api') || (reading && caller.scopes.includes('read_api')) || repositoryRead || self)
    return;
  if (caller.scopes.includes('job') && mayJobWrite(c)) return;
  throw insufficientScope(reading ? 'api read_api' : 'api');
}

const insufficientScope = (scope: string) =>
  new ApiError(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope,
  });

/** What a CI job may change with its token. */
const mayJobWrite = (c: ApiContext) => /\/projects\/[^/]+\/(environments|deployments|releases)(\/|$)/.test(c.req.path);

export function requireCaller(c: ApiContext): User {
  const caller = c.get('caller');
  if (!caller) throw unauthorized();
  return caller.user;
}

export function requireAdmin(c: ApiContext): User {
  const user = requireCaller(c);
  if (!user.is_admin) throw forbidden();
  return user;
}

const byIdOrPath = (reference: string) => (/^\d+$/.test(reference) ? { id: Number(reference) } : { path: reference });

export function findProject(world: World, reference: string): Project | undefined {
  const key = byIdOrPath(reference);
  return key.id !== undefined
    ? world.db.projects.get(key.id)
    : world.db.projects.find((project) => project.path_with_namespace.toLowerCase() === key.path?.toLowerCase());
}

interface ProjectCall {
  project: Project;
  access: number;
  user: User | undefined;
  repository: string;
}

/** What GitLab asks a token for although it is only looked at, even in a public project. */
const NEVER_ANONYMOUS =
  /^\/api\/v4\/(projects|groups)\/[^/]+\/(hooks|environments|deployments|members|variables|triggers|jobs(?!\/(artifacts|\d+\/artifacts)(\/|$))|(issues|merge_requests)\/\d+\/(notes|discussions)|repository\/commits\/[^/]+\/statuses)(\/|$)/;

function requireTokenWhereNeeded(c: ApiContext): void {
  const reading = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!c.get('caller') && (!reading || NEVER_ANONYMOUS.test(c.req.path))) throw unauthorized();
}

/** The project of the path, if the caller may see it and has the level that the call needs. */
export function openProject(world: World, c: ApiContext, level = 0): ProjectCall {
  requireTokenWhereNeeded(c);
  const user = c.get('caller')?.user;
  const project = findProject(world, c.req.param('id') ?? '');
  const access = project ? accessToProject(world.db, user, project, world.now()) : 0;
  if (!project || !canSee(project.visibility, user, access)) throw notFound('Project');
  if (access < level) throw user ? forbidden() : unauthorized();
  if (project.archived && level > 0 && !['GET', 'HEAD'].includes(c.req.method) && !isAboutProjectItself(c))
    throw forbidden();
  return { project, access, user, repository: world.repositories.path(project) };
}

/** The same for what everybody may look at who sees a public project, and members from Reporter up in a private one. */
export function openForReading(world: World, c: ApiContext): ProjectCall {
  const call = openProject(world, c);
  if (call.project.visibility === 'private' && call.access < REPORTER) throw forbidden();
  return call;
}

/** An archived project can only be looked at, taken out of the archive and deleted. */
const isAboutProjectItself = (c: ApiContext) => /\/projects\/[^/]+(\/(un)?archive)?$/.test(c.req.path);

interface GroupCall {
  group: Namespace;
  access: number;
  user: User | undefined;
}

export function openGroup(world: World, c: ApiContext, level = 0): GroupCall {
  requireTokenWhereNeeded(c);
  const user = c.get('caller')?.user;
  const key = byIdOrPath(c.req.param('id') ?? '');
  const group = world.db.namespaces.find(
    (row) =>
      row.kind === 'group' &&
      (key.id !== undefined ? row.id === key.id : row.full_path.toLowerCase() === key.path?.toLowerCase()),
  );
  const access = group ? accessToGroup(world.db, user, group, world.now()) : 0;
  if (!group || !canSee(group.visibility, user, access)) throw notFound('Group');
  if (access < level) throw user ? forbidden() : unauthorized();
  return { group, access, user };
}

/** `If-Unmodified-Since` keeps what somebody changed meanwhile from being deleted. */
export function requireUnmodified(c: ApiContext, changedAt: string): void {
  const since = Date.parse(c.req.header('if-unmodified-since') ?? '');
  // The header knows whole seconds only.
  if (Math.floor(Date.parse(changedAt) / 1000) > Math.floor(since / 1000))
    throw new ApiError(412, { message: '412 Precondition Failed' });
}

/** A whole number of the path; anything else names nothing. */
export function numberInPath(c: ApiContext, name: string): number {
  const value = c.req.param(name) ?? '';
  if (!/^\d+$/.test(value)) throw badParameter(`${name} is invalid`);
  return Number(value);
}

const PageNumber = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);

function pageParameter(c: ApiContext, name: 'page' | 'per_page', fallback: number): number {
  const given = c.req.query(name);
  if (given === undefined || given === '') return fallback;
  const number = PageNumber.safeParse(given);
  if (!number.success) throw badParameter(`${name} is invalid`);
  if (name === 'per_page' && number.data === 0) throw badParameter('per_page has a value not allowed');
  return Math.max(1, number.data);
}

const LARGEST_PAGE = 100;

export function pageOf(c: ApiContext): { page: number; perPage: number } {
  return {
    page: pageParameter(c, 'page', 1),
    perPage: Math.min(pageParameter(c, 'per_page', 20), LARGEST_PAGE),
  };
}

/** One page of a list, with GitLab's headers; by keyset where the caller asks for that. */
export function paginate<T>(
  c: ApiContext,
  rows: readonly T[],
  show: (row: T) => unknown,
): Response | Promise<Response> {
  const { page, perPage } = pageOf(c);
  const keyset = c.req.query('pagination') === 'keyset';
  const start = keyset ? keysetStart(c, rows) : (page - 1) * perPage;
  const cut = rows.slice(start, start + perPage);
  const answer = (shown: unknown[]) =>
    keyset
      ? keysetResponse(c, shown, start + perPage < rows.length ? cut.at(-1) : undefined)
      : pageResponse(c, shown, rows.length);
  const shown = cut.map(show);
  return shown.some((one) => one instanceof Promise) ? Promise.all(shown).then(answer) : answer(shown);
}

/** What a row is known by in a keyset: its id, else its path or its name. */
function keyOf(row: unknown): string {
  const known = z.looseObject({ id: z.unknown(), path: z.unknown(), name: z.unknown() }).partial().safeParse(row);
  const { id, path, name } = known.success ? known.data : {};
  return String((typeof id === 'number' ? id : undefined) ?? path ?? id ?? name ?? row);
}

const keysetParameter = (c: ApiContext) => (c.req.path.includes('/repository/') ? 'page_token' : 'cursor');

function keysetStart(c: ApiContext, rows: readonly unknown[]): number {
  const token = c.req.query(keysetParameter(c));
  if (!token) return 0;
  const key = Buffer.from(token, 'base64url').toString('utf8');
  return rows.findIndex((row) => keyOf(row) === key) + 1;
}

function keysetResponse(c: ApiContext, shown: unknown[], last: unknown): Response {
  if (last === undefined) return c.json(shown);
  const url = new URL(c.req.url);
  const byId = c.req.path.endsWith('/projects') && url.searchParams.get('order_by') === 'id';
  url.searchParams.delete('page');
  if (byId) url.searchParams.set(url.searchParams.get('sort') === 'asc' ? 'id_after' : 'id_before', keyOf(last));
  else url.searchParams.set(keysetParameter(c), Buffer.from(keyOf(last)).toString('base64url'));
  return c.json(shown, 200, { link: `<${url}>; rel="next"` });
}

/** Beyond this many rows GitLab does not count them. */
const COUNTED_ROWS = 10_000;

/**
 * A page that was cut already; `total` rows in all. Of an `uncounted` list GitLab doesn't tell the total: it is one more
 * than was seen so far, which makes a next page of every full one.
 */
export function pageResponse(c: ApiContext, rows: unknown[], total: number, { uncounted = false } = {}): Response {
  const { page, perPage } = pageOf(c);
  const last = Math.max(1, Math.ceil(total / perPage));
  const counted = total <= COUNTED_ROWS;
  const link = (rel: string, number: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set('page', String(number));
    url.searchParams.set('per_page', String(perPage));
    return `<${url}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 && page <= last ? [link('prev', page - 1)] : []),
    ...(page < last ? [link('next', page + 1)] : []),
    link('first', 1),
    ...(counted ? [link('last', last)] : []),
  ];
  return c.json(rows, 200, {
    ...(counted && !uncounted ? { 'x-total': String(total), 'x-total-pages': String(last) } : {}),
    'x-page': String(page),
    'x-per-page': String(perPage),
    'x-next-page': page < last ? String(page + 1) : '',
    'x-prev-page': page > 1 && page <= last ? String(page - 1) : '',
    link: links.join(', '),
  });
}
