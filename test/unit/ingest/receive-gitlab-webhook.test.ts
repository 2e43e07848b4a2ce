import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PipelineReported } from '../../../events/contracts/pipeline-reported.ts';
import { type ReceiveDependencies, receiveGitlabWebhook } from '../../../functions/ingest/receive-gitlab-webhook.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { type FakeBus, fakeBus } from '../../fakes/bus.ts';
import { type FakeDeliveries, fakeDeliveries } from '../../fakes/deliveries.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { fakeSecrets, SIGNING_TOKEN } from '../../fakes/secrets.ts';
import { pipelineHook } from './pipeline-hook.ts';
import { webhookRequest } from './webhook-request.ts';
import '../../harness/repeatable-properties.ts';

const OTHER_TOKEN = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

let bus: FakeBus;
let deliveries: FakeDeliveries;
let refusals: string[];

beforeEach(() => {
  bus = fakeBus();
  deliveries = fakeDeliveries();
  refusals = [];
});

function dependencies(changes: Partial<ReceiveDependencies> = {}): ReceiveDependencies {
  return {
    secrets: fakeSecrets(),
    deliveries,
    bus,
    onboarding: fakeOnboarding(),
    allowSecretToken: false,
    countRefusal: (why) => refusals.push(why),
    now: () => NOON,
    ...changes,
  };
}

async function receive(request: ReturnType<typeof webhookRequest>, changes: Partial<ReceiveDependencies> = {}) {
  const answer = await receiveGitlabWebhook(request, dependencies(changes));
  return { status: answer.statusCode, body: JSON.parse(answer.body ?? '') as Record<string, unknown> };
}

function nothingHappened() {
  expect(deliveries.kept.size).toBe(0);
  expect(bus.facts).toEqual([]);
}

describe('a signed delivery of a successful pipeline', () => {
  it('is kept once, put on the bus and answered 202', async () => {
    expect(await receive(webhookRequest(pipelineHook()))).toEqual({
      status: 202,
      body: { outcome: 'accepted', deliveryId: 'delivery-1' },
    });
    expect(bus.facts).toHaveLength(1);
    expect(bus.facts[0]).toMatchObject({
      detailType: 'PipelineReported.v1',
      detail: { deliveryId: 'delivery-1', pipeline: { id: 101 } },
    });
    expect(PipelineReported.safeParse(bus.facts[0]?.detail).success).toBe(true);
    expect((await deliveries.outbox.unpublished('2099-01-01T00:00:00.000Z')).held).toEqual([]);
  });

  it('is verified over the raw bytes that API Gateway encoded', async () => {
    const request = webhookRequest(
      pipelineHook({ commit: { message: 'Grüße', author: { name: 'Ü', email: 'u@example.com' } } }),
      {
        signedWith: SIGNING_TOKEN,
        base64: true,
      },
    );
    expect((await receive(request)).status).toBe(202);
  });

  it('keeps facts and the payload’s digest, not the payload', async () => {
    await receive(webhookRequest(pipelineHook()));
    const kept = deliveries.kept.get('delivery-1');
    expect(kept).toMatchObject({
      event: 'Pipeline Hook',
      receivedAt: NOON,
      payloadSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(kept)).not.toContain('before_sha');
  });

  it('becomes one fact when it is sent three times', async () => {
    const bodies = [];
    for (let times = 0; times < 3; times += 1)
      bodies.push((await receive(webhookRequest(pipelineHook()))).body.outcome);
    expect(bodies).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(bus.facts).toHaveLength(1);
  });

  it('is told apart by its digest where GitLab gives no id', async () => {
    const headers = { 'x-gitlab-token': 'old', 'idempotency-key': undefined, 'webhook-id': undefined };
    const secrets = fakeSecrets({ gitlab: { apiToken: 't', webhookSigningTokens: [], webhookSecretToken: 'old' } });
    const unsigned = (id: number) => webhookRequest(pipelineHook({ attributes: { id } }), { headers });
    const outcomes = [];
    for (const id of [101, 101, 102])
      outcomes.push((await receive(unsigned(id), { secrets, allowSecretToken: true })).body.outcome);
    expect(outcomes).toEqual(['accepted', 'duplicate', 'accepted']);
  });

  it('stays in the outbox and is still answered 202 when the bus does not answer', async () => {
    bus.failNext();
    expect((await receive(webhookRequest(pipelineHook()))).status).toBe(202);
    expect(bus.facts).toEqual([]);
    expect((await deliveries.outbox.unpublished('2099-01-01T00:00:00.000Z')).held).toHaveLength(1);
  });

  it('keeps at most 8 KB of a pipeline with hundreds of jobs', async () => {
    const builds = Array.from({ length: 400 }, (_, id) => ({
      id,
      name: `${'ü'.repeat(60)}-${id}`,
      status: 'success',
      stage: 'test',
    }));
    const hook = pipelineHook({ builds: [...builds, { id: 999, name: 'package', status: 'success' }] });
    expect((await receive(webhookRequest(hook))).status).toBe(202);
    expect(Buffer.byteLength(JSON.stringify(bus.facts[0]))).toBeLessThanOrEqual(8192);
  });

  it('fails loudly when the table can’t keep it', async () => {
    const broken = { ...deliveries, keep: () => Promise.reject(new ServiceUnavailable('throttled')) };
    await expect(receive(webhookRequest(pipelineHook()), { deliveries: broken })).rejects.toThrow(ServiceUnavailable);
    expect(bus.facts).toEqual([]);
  });
});

describe('verification', () => {
  it.each([
    ['without a signature', webhookRequest(pipelineHook(), {}), 'unsigned'],
    ['signed with another token', webhookRequest(pipelineHook(), { signedWith: OTHER_TOKEN }), 'wrong-signature'],
    [
      'signed 301 seconds ago',
      webhookRequest(pipelineHook(), { signedWith: SIGNING_TOKEN, secondsAgo: 302 }),
      'wrong-signature',
    ],
    [
      'signed 301 seconds ahead',
      webhookRequest(pipelineHook(), { signedWith: SIGNING_TOKEN, secondsAgo: -302 }),
      'wrong-signature',
    ],
    [
      'with a signature that is no signature',
      webhookRequest(pipelineHook(), { headers: { 'webhook-signature': 'v1' } }),
      'wrong-signature',
    ],
    [
      'with a signature and no id',
      webhookRequest(pipelineHook(), { signedWith: SIGNING_TOKEN, headers: { 'webhook-id': undefined } }),
      'wrong-signature',
    ],
  ])('answers 401 to a delivery %s, keeps nothing and counts it', async (_how, request, why) => {
    expect(await receive(request)).toEqual({ status: 401, body: { outcome: 'refused' } });
    expect(refusals).toEqual([why]);
    nothingHappened();
  });

  it.each([-298, 298])('accepts a clock that is %d seconds off', async (secondsAgo) => {
    expect((await receive(webhookRequest(pipelineHook(), { signedWith: SIGNING_TOKEN, secondsAgo }))).status).toBe(202);
  });

  it('accepts any of several signing tokens while one is rotated', async () => {
    const secrets = fakeSecrets({
      gitlab: { apiToken: 't', webhookSigningTokens: [OTHER_TOKEN, SIGNING_TOKEN], webhookSecretToken: null },
    });
    expect((await receive(webhookRequest(pipelineHook()), { secrets })).status).toBe(202);
  });

  it('refuses a body that was changed after it was signed', async () => {
    const request = webhookRequest(pipelineHook());
    const changed = { ...request, body: request.body?.replace('"id":101', '"id":102') ?? '' };
    expect((await receive(changed)).status).toBe(401);
    nothingHappened();
  });

  const withToken = (token: string, more: Record<string, string> = {}) =>
    webhookRequest(pipelineHook(), { headers: { 'x-gitlab-token': token, ...more } });
  const secretToken = fakeSecrets({
    gitlab: { apiToken: 't', webhookSigningTokens: [SIGNING_TOKEN], webhookSecretToken: 'plain-secret' },
  });

  it('takes the plain token only where the stage allows it', async () => {
    expect((await receive(withToken('plain-secret'), { secrets: secretToken, allowSecretToken: false })).status).toBe(
      401,
    );
    expect((await receive(withToken('plain-secret'), { secrets: secretToken, allowSecretToken: true })).status).toBe(
      202,
    );
    expect((await receive(withToken('wrong'), { secrets: secretToken, allowSecretToken: true })).status).toBe(401);
    expect(refusals).toEqual(['unsigned', 'wrong-token']);
  });

  it('never falls back to the token when a signature is wrong', async () => {
    const request = withToken('plain-secret', { 'webhook-signature': 'v1,AAAA' });
    expect((await receive(request, { secrets: secretToken, allowSecretToken: true })).status).toBe(401);
    nothingHappened();
  });

  it('accepts nothing that is not signed, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.dictionary(
          fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-gitlab-token'),
          fc.string(),
        ),
        async (body, headers) => {
          expect((await receive(webhookRequest(body, { headers }))).status).toBe(401);
        },
      ),
      { numRuns: 300 },
    );
    nothingHappened();
  });
});

describe('bad input that GitLab signed', () => {
  it('answers 413 to more than a megabyte, before it looks at it', async () => {
    expect((await receive(webhookRequest('x'.repeat(1_048_577), {}))).status).toBe(413);
    nothingHappened();
  });

  it.each([
    ['no JSON', 'not json'],
    ['a list', '[1]'],
    ['nothing', ''],
    ['no pipeline', { ...pipelineHook(), object_attributes: undefined }],
    ['an id that is a text', pipelineHook({ attributes: { id: '101' } })],
    ['a commit that is no commit', pipelineHook({ attributes: { sha: 'main' } })],
    ['builds that are no list', pipelineHook({ builds: {} })],
    ['no user', pipelineHook({ user: null })],
  ])('answers 400 with a sentence to %s', async (_what, payload) => {
    const { status, body } = await receive(webhookRequest(payload));
    expect(status).toBe(400);
    expect(String(body.sentence).length).toBeGreaterThan(20);
    nothingHappened();
  });

  it('never throws, whatever JSON it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (payload) => {
        expect([202, 400]).toContain((await receive(webhookRequest(payload))).status);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a delivery that leads nowhere', () => {
  it.each([
    ['another event', pipelineHook(), { 'x-gitlab-event': 'Push Hook' }, /Push Hook/],
    ['a failed pipeline', pipelineHook({ attributes: { status: 'failed' } }), {}, /failed/],
    ['another branch', pipelineHook({ attributes: { ref: 'feature' } }), {}, /feature/],
    ['an unknown project', pipelineHook({ project: { id: 99, path_with_namespace: 'x/y' } }), {}, /not onboarded/],
    ['no package job', pipelineHook({ builds: [{ id: 1, name: 'test', status: 'success' }] }), {}, /package/],
    ['our own commit status', pipelineHook({ attributes: { source: 'external' } }), {}, /external/],
    ['a child pipeline', pipelineHook({ source_pipeline: { pipeline_id: 30 } }), {}, /[Aa]nother pipeline/],
  ])('is recorded as ignored with its reason: %s', async (_what, payload, headers, reason) => {
    const { status, body } = await receive(webhookRequest(payload, { signedWith: SIGNING_TOKEN, headers }));
    expect([status, body.outcome]).toEqual([202, 'ignored']);
    expect(deliveries.kept.get('delivery-1')?.ignored).toMatch(reason);
    expect(bus.facts).toEqual([]);
  });
});
