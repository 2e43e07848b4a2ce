import type { Database } from '../database.ts';
import type { Delivery, Hook, HookEvent } from '../rows/hooks.ts';
import { GITLAB_VERSION } from '../world.ts';
import { acceptsBranch } from './accepts-branch.ts';
import { AFTER_SUCCESS, afterFailure, alertStatus } from './disable-hook.ts';
import { fillTemplate } from './fill-template.ts';
import { signDelivery } from './sign.ts';

const TIMEOUT_MS = 10_000;
const KEPT_ANSWER_BYTES = 8 * 1024;
const KEPT_DELIVERIES = 1000;

const EVENT_HEADERS: Record<HookEvent, string> = {
  push_events: 'Push Hook',
  tag_push_events: 'Tag Push Hook',
  pipeline_events: 'Pipeline Hook',
  deployment_events: 'Deployment Hook',
  issues_events: 'Issue Hook',
  confidential_issues_events: 'Confidential Issue Hook',
  note_events: 'Note Hook',
  confidential_note_events: 'Confidential Note Hook',
  job_events: 'Job Hook',
  merge_requests_events: 'Merge Request Hook',
  releases_events: 'Release Hook',
};

/** The name of an event in the log of deliveries: `issues_events` are `issue_hooks`. */
const triggerOf = (event: HookEvent) =>
  event.replace(/(issue|merge_request|release)s_events$/, '$1_events').replace(/_events$/, '_hooks');

interface DeliveryWorld {
  url: string;
  db: Database;
  now(): Date;
  newId(): string;
}

/**
 * Keeps every delivery as a row before it is sent, so that a stopped server sends it after its next start. A failed one
 * is not sent again by itself, and two may overtake each other: both as in GitLab.
 */
export class DeliveryQueue {
  readonly #world: DeliveryWorld;
  readonly #underway = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(world: DeliveryWorld) {
    this.#world = world;
  }

  /** Queues one event for every hook of the project that asked for it. `branch` is given for pushes alone. */
  announce(projectId: number, event: HookEvent, payload: () => object, branch?: string): void {
    const wanted = this.#world.db.hooks.filter(
      (hook) => hook.project_id === projectId && hook.events[event] === true && acceptsBranch(hook, branch),
    );
    const executable = wanted.filter((hook) => alertStatus(hook, this.#world.now()) === 'executable');
    if (executable.length === 0) return;
    const body = JSON.stringify(payload());
    const eventUuid = this.#world.newId();
    for (const hook of executable) this.#start(this.#queue(hook, event, body, eventUuid));
  }

  /** Sends what was still waiting when the server stopped. */
  resume(): void {
    for (const delivery of this.#world.db.deliveries.filter((row) => row.response_status === 'pending'))
      this.#start(delivery);
  }

  /** Sends a test event or an old delivery, and waits for the answer. A resend keeps its idempotency key. */
  async sendNow(
    hook: Hook,
    delivery: Pick<Delivery, 'trigger' | 'event_header' | 'body' | 'idempotency_key'>,
  ): Promise<Delivery> {
    const row = this.#insert(hook, { ...delivery, event_uuid: this.#world.newId() });
    await this.#send(row);
    return this.#world.db.deliveries.get(row.id) ?? row;
  }

  async test(hook: Hook, event: HookEvent, payload: object): Promise<Delivery> {
    return this.sendNow(hook, {
      trigger: triggerOf(event),
      event_header: EVENT_HEADERS[event],
      body: bodyFor(hook, JSON.stringify(payload)),
      idempotency_key: this.#world.newId(),
    });
  }

  /** Resolves when everything that is being sent has its answer. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  #queue(hook: Hook, event: HookEvent, body: string, eventUuid: string): Delivery {
    return this.#insert(hook, {
      trigger: triggerOf(event),
      event_header: EVENT_HEADERS[event],
      body: bodyFor(hook, body),
      idempotency_key: this.#world.newId(),
      event_uuid: eventUuid,
    });
  }

  #insert(
    hook: Hook,
    content: Pick<Delivery, 'trigger' | 'event_header' | 'body' | 'idempotency_key' | 'event_uuid'>,
  ): Delivery {
    const { deliveries } = this.#world.db;
    const row = deliveries.insert({
      ...content,
      hook_id: hook.id,
      project_id: hook.project_id,
      url: hook.url,
      request_headers: {},
      response_headers: {},
      response_body: '',
      response_status: 'pending',
      execution_duration: 0,
      created_at: this.#world.now().toISOString(),
    });
    const old = deliveries.get(row.id - KEPT_DELIVERIES);
    if (old && old.response_status !== 'pending') deliveries.remove(old.id);
    return row;
  }

  #start(delivery: Delivery): void {
    const work = this.#send(delivery);
    this.#underway.add(work);
    void work.finally(() => this.#underway.delete(work));
  }

  async #send(delivery: Delivery): Promise<void> {
    const hook = this.#world.db.hooks.get(delivery.hook_id);
    if (!hook) return this.#world.db.deliveries.remove(delivery.id);
    const headers = this.#headers(hook, delivery);
    const startedAt = performance.now();
    const answer = await this.#post(hook, headers, delivery.body);
    if (answer === 'stopped') return;
    const { db, now } = this.#world;
    if (db.deliveries.get(delivery.id)) {
      db.deliveries.update(delivery.id, {
        ...answer,
        request_headers: redact(headers, hook),
        execution_duration: (performance.now() - startedAt) / 1000,
      });
    }
    const current = db.hooks.get(hook.id);
    if (!current) return;
    const succeeded = /^[23]\d\d$/.test(answer.response_status);
    if (!succeeded) db.hooks.update(hook.id, afterFailure(current, now()));
    else if (current.recent_failures > 0) db.hooks.update(hook.id, AFTER_SUCCESS);
  }

  async #post(hook: Hook, headers: Record<string, string>, body: string) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(filledUrl(hook), {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#stopping.signal]),
      });
      const text = await response.text();
      return {
        response_status: String(response.status),
        response_headers: Object.fromEntries([...response.headers].slice(0, 50)),
        response_body: text.slice(0, KEPT_ANSWER_BYTES),
      };
    } catch (error) {
      // A delivery that the stop cut short stays queued: whoever missed it gets it at the next start.
      if (this.#stopping.signal.aborted) return 'stopped' as const;
      const reason = timeout.aborted
        ? 'Net::ReadTimeout'
        : error instanceof Error
          ? String(error.cause ?? error)
          : String(error);
      return { response_status: 'internal error', response_headers: {}, response_body: reason };
    }
  }

  #headers(hook: Hook, delivery: Delivery): Record<string, string> {
    const timestamp = Math.floor(this.#world.now().getTime() / 1000);
    const custom = Object.fromEntries(hook.custom_headers.map((header) => [header.key, header.value]));
    return {
      ...custom,
      'Content-Type': 'application/json',
      'User-Agent': `GitLab/${GITLAB_VERSION}`,
      'Idempotency-Key': delivery.idempotency_key,
      'X-Gitlab-Event': delivery.event_header,
      'X-Gitlab-Webhook-UUID': this.#world.newId(),
      'X-Gitlab-Instance': this.#world.url,
      'X-Gitlab-Event-UUID': delivery.event_uuid,
      'webhook-id': delivery.idempotency_key,
      'webhook-timestamp': String(timestamp),
      ...(hook.token ? { 'X-Gitlab-Token': hook.token.replace(/[\r\n]/g, '') } : {}),
      ...(hook.signing_token
        ? { 'webhook-signature': signDelivery(hook.signing_token, delivery.idempotency_key, timestamp, delivery.body) }
        : {}),
    };
  }
}

/** The log tells which of the hook's own headers were sent, but not what they said. */
export function redact(headers: Record<string, string>, hook: Pick<Hook, 'custom_headers'>): Record<string, string> {
  const isSecret = (name: string, value: string) =>
    name === 'X-Gitlab-Token' || hook.custom_headers.some((own) => own.key === name && own.value === value);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecret(name, value) ? '[REDACTED]' : value]),
  );
}

const bodyFor = (hook: Hook, body: string) =>
  hook.custom_webhook_template ? fillTemplate(hook.custom_webhook_template, body) : body;

/** The address with its variables filled in; the log of deliveries shows it without. */
const filledUrl = (hook: Hook) =>
  (hook.url_variables ?? []).reduce((url, { key, value }) => url.replaceAll(`{${key}}`, value), hook.url);
