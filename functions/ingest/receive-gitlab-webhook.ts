import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeliveries } from '../../shared/adapters/dynamodb/deliveries.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { type Verification, verifyDelivery } from '../../shared/adapters/gitlab/verify-delivery.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { secretsManagerSecrets } from '../../shared/adapters/secrets-manager/secrets.ts';
import { readGitlabHook } from '../../shared/application/read-gitlab-hook.ts';
import { sha256Hex } from '../../shared/domain/canonical-json.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { Deliveries, Delivery } from '../../shared/ports/deliveries.ts';
import type { Onboarding } from '../../shared/ports/onboarding.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { countMetric } from '../../shared/runtime/count-metric.ts';
import { answerJson, lambdaEndpoint } from '../../shared/runtime/lambda-endpoint.ts';
import { logger } from '../../shared/runtime/logger.ts';

/** GitLab may send 25 MB; a pipeline of hundreds of jobs stays far below this. In bytes. */
const MAX_BODY_BYTES = 1_048_576;
/** What the table and the bus keep of one delivery, in bytes. */
const MAX_FACT_BYTES = 8_192;
const MAX_ID_CHARACTERS = 128;

export type ReceiveDependencies = {
  secrets: Pick<Secrets, 'gitlab'>;
  deliveries: Pick<Deliveries, 'keep' | 'published'>;
  bus: Bus;
  onboarding: Pick<Onboarding, 'ofProject'>;
  /** Whether the stage takes the plain `X-Gitlab-Token`. */
  allowSecretToken: boolean;
  countRefusal: (why: Exclude<Verification, 'verified'>) => void;
  now: () => string;
};

type Answer = APIGatewayProxyStructuredResultV2;

/** `POST /webhooks/gitlab`: verifies before it parses, keeps the delivery once, puts its fact on the bus, and answers fast. */
export async function receiveGitlabWebhook(
  event: APIGatewayProxyEventV2,
  dependencies: ReceiveDependencies,
): Promise<Answer> {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > MAX_BODY_BYTES) return refuse(413, `The body has more than ${MAX_BODY_BYTES} bytes.`);
  const verification = await verify(body, event, dependencies);
  if (verification !== 'verified') {
    dependencies.countRefusal(verification);
    return answerJson(401, { outcome: 'refused' });
  }
  const payload = parseJson(body);
  if (payload === undefined)
    return refuse(400, 'The body is not a JSON object. Send the webhook without a custom template.');
  const reading = readDelivery(payload, body, event.headers, dependencies);
  return 'problem' in reading ? refuse(400, reading.problem) : keepAndPublish(reading.delivery, dependencies);
}

async function verify(body: Buffer, event: APIGatewayProxyEventV2, { secrets, allowSecretToken }: ReceiveDependencies) {
  const { webhookSigningTokens, webhookSecretToken } = await secrets.gitlab();
  return verifyDelivery(body, event.headers, {
    signingTokens: webhookSigningTokens,
    secretToken: allowSecretToken ? webhookSecretToken : null,
  });
}

function readDelivery(
  payload: Record<string, unknown>,
  body: Buffer,
  headers: APIGatewayProxyEventV2['headers'],
  { onboarding, now }: ReceiveDependencies,
): { delivery: Delivery } | { problem: string } {
  const payloadSha256 = sha256Hex(body);
  const event = (headers['x-gitlab-event'] ?? String(payload.object_kind ?? 'none')).slice(0, 100);
  const kept = {
    deliveryId: deliveryIdOf(headers) ?? `sha256-${payloadSha256}`,
    receivedAt: now(),
    payloadSha256,
    event,
  };
  const reading = readGitlabHook(event, payload, kept, onboarding);
  if ('problem' in reading) return reading;
  if ('ignored' in reading) return { delivery: { ...kept, ignored: reading.ignored } };
  const { fact } = reading;
  if (Buffer.byteLength(JSON.stringify(fact)) > MAX_FACT_BYTES)
    return { problem: `What is kept of the hook is more than ${MAX_FACT_BYTES} bytes.` };
  return { delivery: { ...kept, fact } };
}

/** The same on every resend. With a signature `webhook-id` is signed, so it comes first; GitLab gives both the same value. */
function deliveryIdOf(headers: APIGatewayProxyEventV2['headers']): string | undefined {
  const id = headers['webhook-id'] ?? headers['idempotency-key'];
  return id !== undefined && /^[\x21-\x7e]+$/.test(id) ? id.slice(0, MAX_ID_CHARACTERS) : undefined;
}

async function keepAndPublish(delivery: Delivery, { deliveries, bus }: ReceiveDependencies): Promise<Answer> {
  const { deliveryId, fact, ignored } = delivery;
  if ((await deliveries.keep(delivery)) === 'duplicate') return answerJson(202, { outcome: 'duplicate', deliveryId });
  if (fact === undefined) {
    logger.info('delivery ignored', { deliveryId, ignored });
    return answerJson(202, { outcome: 'ignored', reason: ignored, deliveryId });
  }
  try {
    await bus.publish([fact]);
    await deliveries.published(deliveryId);
  } catch (error) {
    // The delivery is kept and its fact is in the outbox: the relay publishes it within a minute or two.
    logger.warn('the fact goes out with the relay', {
      deliveryId,
      error: error instanceof Error ? error : String(error),
    });
  }
  return answerJson(202, { outcome: 'accepted', deliveryId });
}

function refuse(statusCode: number, sentence: string): Answer {
  return answerJson(statusCode, { outcome: 'refused', sentence });
}

function parseJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

export const handler = lambdaEndpoint(receiveGitlabWebhook, (environment) => ({
  secrets: secretsManagerSecrets(environment),
  deliveries: dynamodbDeliveries(environment),
  bus: eventbridgeBus(environment),
  onboarding: onboardingRecords(environment),
  allowSecretToken: environment.allowSecretToken,
  countRefusal: (why) => countMetric('WebhookRefused', { why }),
  now: systemTime,
}));
