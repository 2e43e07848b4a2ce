import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { sha256Hex } from '../../domain/canonical-json.ts';

/** Header names in lower case, as API Gateway gives them. */
type DeliveryHeaders = Readonly<Record<string, string | undefined>>;

type WebhookSecrets = {
  /** Several while one is being rotated. */
  signingTokens: readonly string[];
  /** The plain `X-Gitlab-Token`; `null` where the stage takes signatures only. */
  secretToken: string | null;
};

export type Verification = 'verified' | 'wrong-signature' | 'wrong-token' | 'unsigned';

/**
 * Whether GitLab sent these bytes. A delivery with a signature is judged by it and nothing else (Standard Webhooks over the raw
 * bytes, five minutes' tolerance); one without needs the secret token, where the stage takes that.
 */
export function verifyDelivery(body: Buffer, headers: DeliveryHeaders, secrets: WebhookSecrets): Verification {
  if (headers['webhook-signature'] !== undefined) {
    return secrets.signingTokens.some((token) => isSigned(body, headers, token)) ? 'verified' : 'wrong-signature';
  }
  const token = headers['x-gitlab-token'];
  if (token === undefined || secrets.secretToken === null) return 'unsigned';
  return sameSecret(token, secrets.secretToken) ? 'verified' : 'wrong-token';
}

function isSigned(body: Buffer, headers: DeliveryHeaders, signingToken: string): boolean {
  const signed = {
    'webhook-id': headers['webhook-id'] ?? '',
    'webhook-timestamp': headers['webhook-timestamp'] ?? '',
    'webhook-signature': headers['webhook-signature'] ?? '',
  };
  try {
    new Webhook(signingToken).verify(body, signed, { jsonParse: false });
    return true;
  } catch {
    // Whatever is wrong with a signature, its sender isn't told.
    return false;
  }
}

/** Compared by digest: takes the same time for any length and any first difference. */
function sameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(given)), Buffer.from(sha256Hex(secret)));
}
