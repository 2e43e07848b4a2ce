import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { testCredentials, worldVariable } from '../../harness/world.ts';

type Options = {
  /** The signing token; `undefined` sends no signature. The world's own where nothing is said. */
  signedWith?: string | undefined;
  secondsAgo?: number;
  headers?: Record<string, string>;
  /** One that was sent before, for a resend. */
  deliveryId?: string;
};
type Answer = { deliveryId: string; status: number; text: string };

/** Posts a delivery to the product's door as GitLab does, under an id of its own. */
export async function deliver(payload: unknown, options: Options = {}): Promise<Answer> {
  const signedWith = 'signedWith' in options ? options.signedWith : testCredentials().webhookSigningToken;
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const deliveryId = options.deliveryId ?? randomUUID();
  const sentAt = new Date(Math.floor(Date.now() / 1000 - (options.secondsAgo ?? 0)) * 1000);
  const response = await fetch(`${worldVariable('MLOPS_URL')}/webhooks/gitlab`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-gitlab-event': 'Pipeline Hook',
      'idempotency-key': deliveryId,
      'webhook-id': deliveryId,
      'webhook-timestamp': String(sentAt.getTime() / 1000),
      ...(signedWith !== undefined && { 'webhook-signature': new Webhook(signedWith).sign(deliveryId, sentAt, body) }),
      ...options.headers,
    },
    body,
  });
  return { deliveryId, status: response.status, text: await response.text() };
}
