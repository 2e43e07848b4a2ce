import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { signDelivery } from '../../local/gitlab/hooks/sign.ts';
import { testCredentials, worldVariable } from '../harness/world.ts';
import { doAll } from './do-all.ts';

const Hooks = z.array(z.object({ id: z.number() })).min(1);
const Deliveries = z.array(
  z.object({
    id: z.number(),
    trigger: z.string(),
    request_data: z.looseObject({
      object_kind: z.string(),
      object_attributes: z.looseObject({ id: z.number() }),
    }),
  }),
);
const Resent = z.object({ response_status: z.union([z.number(), z.string()]) });
type Payload = z.infer<typeof Deliveries>[number]['request_data'];

const AT_A_TIME = 16;
const STATUSES = ['running', 'success', 'running', 'success', 'running', 'success'];

/**
 * Sends every delivery of the project's webhook again, and among them, shuffled and each twice, new ones that report the
 * pipeline as running and as successful. Answers the HTTP statuses of the product. The account runs fewer Lambdas at a time
 * than come here: what is turned away at the door, or not answered in time, is sent again.
 */
export async function deliverAgain(pipelineId: number): Promise<number[]> {
  const [hook] = Hooks.parse(await gitlab('GET', '/hooks'));
  const path = `/hooks/${hook?.id}/events`;
  const deliveries = await allDeliveries(path);
  const original = deliveries.find(
    ({ request_data }) => request_data.object_kind === 'pipeline' && request_data.object_attributes.id === pipelineId,
  )?.request_data;
  if (original === undefined) throw new Error(`The webhook has reported nothing of pipeline ${pipelineId}.`);
  const resends = deliveries.map(({ id }) => async () => {
    const response = await askGitlab('POST', `${path}/${id}/resend`);
    // Nobody answered GitLab.
    if (response.status === 422) return Number.NaN;
    return Number(Resent.parse(await response.json()).response_status);
  });
  const news = STATUSES.flatMap((status) => {
    const send = deliveryOf(original, status);
    return [send, send];
  });
  return doAll(
    shuffled([...resends, ...news]).map((send) => () => untilAnswered(send)),
    AT_A_TIME,
  );
}

/** The log has pages of 20 at most. */
async function allDeliveries(path: string, page = 1): Promise<z.infer<typeof Deliveries>> {
  const deliveries = Deliveries.parse(await gitlab('GET', `${path}?page=${page}`));
  return deliveries.length < 20 ? deliveries : [...deliveries, ...(await allDeliveries(path, page + 1))];
}

async function untilAnswered(send: () => Promise<number>): Promise<number> {
  for (;;) {
    const status = await send();
    if (!Number.isNaN(status) && status !== 429 && status !== 503) return status;
    await sleep(300);
  }
}

function deliveryOf(payload: Payload, status: string): () => Promise<number> {
  const id = randomUUID();
  const body = JSON.stringify({ ...payload, object_attributes: { ...payload.object_attributes, status } });
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/json',
    'x-gitlab-event': 'Pipeline Hook',
    'idempotency-key': id,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signDelivery(testCredentials().webhookSigningToken, id, timestamp, body),
  };
  return async () => {
    const response = await fetch(`${worldVariable('MLOPS_URL')}/webhooks/gitlab`, { method: 'POST', headers, body });
    await response.body?.cancel();
    return response.status;
  };
}

function askGitlab(method: string, path: string): Promise<Response> {
  const project = encodeURIComponent(worldVariable('GITLAB_PROJECT'));
  return fetch(`${worldVariable('GITLAB_URL')}/api/v4/projects/${project}${path}`, {
    method,
    headers: { 'private-token': worldVariable('GITLAB_TOKEN') },
  });
}

async function gitlab(method: string, path: string): Promise<unknown> {
  const response = await askGitlab(method, path);
  if (!response.ok) throw new Error(`GitLab answered ${response.status} to ${method} ${path}.`);
  return response.json();
}

function shuffled<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
