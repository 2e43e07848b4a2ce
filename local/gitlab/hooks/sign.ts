import { createHmac } from 'node:crypto';

const SIGNING_TOKEN = /^whsec_([A-Za-z0-9+/]{43}=)$/;

/** `whsec_` and the base64 of exactly 32 bytes. */
export const isSigningToken = (text: string) => SIGNING_TOKEN.test(text);

/** The value of `webhook-signature`, as Standard Webhooks defines it. */
export function signDelivery(signingToken: string, id: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(signingToken.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;
}
