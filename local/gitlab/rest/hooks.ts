import * as z from 'zod';
import { MAINTAINER } from '../access.ts';
import { alertStatus } from '../hooks/disable-hook.ts';
import { sampleFor } from '../hooks/sample-payload.ts';
import { isSigningToken } from '../hooks/sign.ts';
import { type Delivery, HOOK_EVENTS, type Hook } from '../rows/hooks.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, openProject, paginate, requireUnmodified } from './api.ts';
import { ApiError, badParameter, notFound, unprocessable } from './api-error.ts';
import { isBranchFilter, joined, requireHeaders, requireUrlVariables } from './hook-rules.ts';
import { flag, integer, list, readParameters, text } from './read-parameters.ts';

/** Events of things that this stand-in does not have: a hook may ask for them, and nothing ever happens to them. */
const UNSENT_EVENTS = [
  'wiki_page_events',
  'repository_update_events',
  'feature_flag_events',
  'emoji_events',
  'resource_access_token_events',
  'milestone_events',
  'vulnerability_events',
];

const Fields = z.looseObject({
  url: text.optional(),
  name: text.nullable().optional(),
  description: text.nullable().optional(),
  token: text.nullable().optional(),
  signing_token: text.nullable().optional(),
  enable_ssl_verification: flag.optional(),
  push_events_branch_filter: text.nullable().optional(),
  branch_filter_strategy: z.enum(['wildcard', 'regex', 'all_branches']).optional(),
  custom_webhook_template: text.nullable().optional(),
  url_variables: z.array(z.object({ key: text, value: text })).optional(),
  custom_headers: z.array(z.object({ key: text, value: text })).optional(),
});

export function routeHooks(api: Api, world: World): void {
  const { hooks, deliveries } = world.db;
  const show = (hook: Hook) => presentHook(world, hook);
  const open = (c: ApiContext) => openProject(world, c, MAINTAINER);
  const named = (c: ApiContext) => {
    const { project } = open(c);
    const hook = hooks.get(numberInPath(c, 'hook_id'));
    if (hook?.project_id !== project.id) throw notFound();
    return hook;
  };

  api.get('/projects/:id/hooks', (c) => {
    const { project } = open(c);
    return paginate(
      c,
      hooks.filter((hook) => hook.project_id === project.id),
      show,
    );
  });
  api.get('/projects/:id/hooks/:hook_id', (c) => c.json(show(named(c))));

  api.post('/projects/:id/hooks', async (c) => {
    const { project } = open(c);
    const given = await readHook(c);
    if (given.fields.url === undefined) throw badParameter('url is missing');
    const hook = hooks.insert({
      url: given.fields.url,
      name: given.fields.name ?? null,
      description: given.fields.description ?? null,
      token: given.fields.token || null,
      signing_token: given.fields.signing_token || null,
      enable_ssl_verification: given.fields.enable_ssl_verification ?? true,
      push_events_branch_filter: given.fields.push_events_branch_filter || null,
      custom_headers: given.fields.custom_headers ?? [],
      url_variables: given.fields.url_variables ?? [],
      branch_filter_strategy: given.fields.branch_filter_strategy ?? 'wildcard',
      custom_webhook_template: given.fields.custom_webhook_template || null,
      project_id: project.id,
      events: { push_events: true, ...given.events },
      created_at: world.now().toISOString(),
      recent_failures: 0,
      backoff_count: 0,
      disabled_until: null,
    });
    return c.json(show(hook), 201);
  });

  api.put('/projects/:id/hooks/:hook_id', async (c) => {
    const hook = named(c);
    const { fields, events } = await readHook(c, hook);
    if ([...Object.values(fields), ...Object.values(events)].every((value) => value === undefined))
      throw badParameter('No parameters provided');
    const changed = hooks.update(hook.id, {
      ...(fields.url ? { url: fields.url } : {}),
      ...(fields.name === undefined ? {} : { name: fields.name }),
      ...(fields.description === undefined ? {} : { description: fields.description }),
      ...(fields.token === undefined ? {} : { token: fields.token || null }),
      ...(fields.signing_token === undefined ? {} : { signing_token: fields.signing_token || null }),
      ...(fields.enable_ssl_verification === undefined
        ? {}
        : { enable_ssl_verification: fields.enable_ssl_verification }),
      ...(fields.push_events_branch_filter === undefined
        ? {}
        : { push_events_branch_filter: fields.push_events_branch_filter || null }),
      ...(fields.custom_headers ? { custom_headers: joined(hook.custom_headers, fields.custom_headers) } : {}),
      ...(fields.url_variables ? { url_variables: joined(hook.url_variables ?? [], fields.url_variables) } : {}),
      ...(fields.branch_filter_strategy ? { branch_filter_strategy: fields.branch_filter_strategy } : {}),
      ...(fields.custom_webhook_template === undefined
        ? {}
        : { custom_webhook_template: fields.custom_webhook_template || null }),
      events: { ...hook.events, ...events },
    });
    return c.json(show(changed));
  });

  api.delete('/projects/:id/hooks/:hook_id', (c) => {
    const hook = named(c);
    requireUnmodified(c, hook.created_at);
    hooks.remove(hook.id);
    return c.body(null, 204);
  });

  for (const [folder, field] of [
    ['custom_headers', 'custom_headers'],
    ['url_variables', 'url_variables'],
  ] as const) {
    api.put(`/projects/:id/hooks/:hook_id/${folder}/:key`, async (c) => {
      const hook = named(c);
      const { value } = await readParameters(c, z.object({ value: text }));
      const changed = joined(hook[field] ?? [], [{ key: c.req.param('key'), value }]);
      if (field === 'custom_headers') requireHeaders(changed);
      else requireUrlVariables(changed);
      hooks.update(hook.id, { [field]: changed });
      return c.body(null, 204);
    });
    api.delete(`/projects/:id/hooks/:hook_id/${folder}/:key`, (c) => {
      const hook = named(c);
      const known = hook[field] ?? [];
      const kept = known.filter((pair) => pair.key !== c.req.param('key'));
      if (kept.length === known.length) throw notFound(field === 'custom_headers' ? 'Custom header' : 'URL variable');
      hooks.update(hook.id, { [field]: kept });
      return c.body(null, 204);
    });
  }

  api.get('/projects/:id/hooks/:hook_id/events', async (c) => {
    const hook = named(c);
    const { status: wanted } = await readParameters(
      c,
      z.object({ status: StatusFilter.default([]), per_page: PageSize.optional() }),
    );
    const sent = deliveries
      .filter((row) => row.hook_id === hook.id && row.response_status !== 'pending' && hasStatus(row, wanted))
      .sort((a, b) => b.id - a.id);
    return paginate(c, sent, presentDelivery);
  });

  api.post('/projects/:id/hooks/:hook_id/events/:event_id/resend', async (c) => {
    const hook = named(c);
    const delivery = deliveries.get(numberInPath(c, 'event_id'));
    if (delivery?.hook_id !== hook.id) throw notFound();
    if (delivery.url !== hook.url)
      throw unprocessable({ message: 'The hook URL has changed, and this log entry cannot be retried' });
    const again = await world.deliveries.sendNow(hook, delivery);
    if (again.response_status === 'internal error') throw unprocessable({ message: again.response_body });
    return c.json({ response_status: Number(again.response_status) }, 201);
  });

  api.post('/projects/:id/hooks/:hook_id/test/:trigger', async (c) => {
    const hook = named(c);
    const { project, user } = open(c);
    const event = HOOK_EVENTS.find((name) => name === c.req.param('trigger'));
    if (!event || !user) throw new ApiError(400, { error: 'trigger does not have a valid value' });
    const sample = await sampleFor(world, project, user, event);
    if (typeof sample === 'string') throw new ApiError(422, { message: sample });
    const delivery = await world.deliveries.test(hook, event, sample);
    const code = Number(delivery.response_status);
    if (code >= 200 && code < 300) return c.json({ message: '201 Created' }, 201);
    throw new ApiError(422, { message: delivery.response_body || `The receiver answered ${delivery.response_status}` });
  });
}

async function readHook(c: ApiContext, known?: Hook) {
  const fields = await readParameters(c, Fields);
  if (fields.url !== undefined && !/^https?:\/\/[^\s]+$/.test(fields.url))
    throw unprocessable({ error: 'Invalid url given' });
  if (fields.token && /[\r\n]/.test(fields.token)) throw unprocessable({ message: { token: ['is invalid'] } });
  if (fields.signing_token && !isSigningToken(fields.signing_token))
    throw unprocessable({ message: { signing_token: ['must be whsec_ followed by the Base64 of 32 bytes'] } });
  const { push_events_branch_filter: given, branch_filter_strategy: strategy } = fields;
  // Each may be changed alone, and must fit what the hook has of the other.
  const filter = given === undefined && strategy !== undefined ? known?.push_events_branch_filter : given;
  if (filter && !isBranchFilter(filter, strategy ?? known?.branch_filter_strategy))
    throw unprocessable({ error: 'Invalid branch filter given' });
  if (fields.custom_headers) requireHeaders(fields.custom_headers);
  if (fields.url_variables) requireUrlVariables(fields.url_variables);
  const wants = (event: string) => {
    const given = flag.optional().safeParse(fields[event]);
    if (!given.success) throw badParameter(`${event} is invalid`);
    return given.data;
  };
  const events: Record<string, boolean> = {};
  for (const event of [...HOOK_EVENTS, ...UNSENT_EVENTS]) {
    const value = wants(event);
    if (value !== undefined) events[event] = value;
  }
  return { fields, events };
}

function presentHook(world: World, hook: Hook) {
  const off = Object.fromEntries([...HOOK_EVENTS, ...UNSENT_EVENTS].map((event) => [event, false]));
  return {
    id: hook.id,
    url: hook.url,
    name: hook.name,
    description: hook.description,
    created_at: hook.created_at,
    project_id: hook.project_id,
    ...off,
    ...hook.events,
    enable_ssl_verification: hook.enable_ssl_verification,
    push_events_branch_filter: hook.push_events_branch_filter,
    branch_filter_strategy: hook.branch_filter_strategy ?? 'wildcard',
    alert_status: alertStatus(hook, world.now()),
    disabled_until: hook.disabled_until,
    url_variables: (hook.url_variables ?? []).map(({ key }) => ({ key })),
    custom_headers: hook.custom_headers.map(({ key }) => ({ key })),
    custom_webhook_template: hook.custom_webhook_template ?? null,
    token_present: hook.token !== null,
    signing_token_present: hook.signing_token !== null,
  };
}

const CATEGORIES = ['successful', 'client_failure', 'server_failure'];
const StatusFilter = list.refine(
  (words) => words.every((word) => CATEGORIES.includes(word) || (/^[1-5]\d\d$/.test(word) && Number(word) < 512)),
  { error: 'status does not have a valid value' },
);
const LARGEST_PAGE = 20;
const PageSize = integer.refine((size) => size >= 1 && size <= LARGEST_PAGE, {
  error: 'per_page does not have a valid value',
});

function hasStatus(delivery: Delivery, wanted: string[]): boolean {
  if (wanted.length === 0) return true;
  const code = Number(delivery.response_status);
  const category =
    code >= 200 && code < 300 ? 'successful' : code >= 400 && code < 500 ? 'client_failure' : 'server_failure';
  return wanted.includes(delivery.response_status) || wanted.includes(category);
}

/** A hook with a template of its own sends what that makes. */
function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function presentDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    url: delivery.url,
    trigger: delivery.trigger,
    request_headers: delivery.request_headers,
    request_data: jsonOrText(delivery.body),
    response_headers: delivery.response_headers,
    response_body: delivery.response_body,
    execution_duration: delivery.execution_duration,
    response_status: delivery.response_status,
    created_at: delivery.created_at,
  };
}
