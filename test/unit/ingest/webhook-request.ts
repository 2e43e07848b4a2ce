import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Webhook } from 'standardwebhooks';
import { SIGNING_TOKEN } from '../../fakes/secrets.ts';

type Options = {
  /** Signs as GitLab does, `secondsAgo`; without it the request carries no signature. */
  signedWith?: string | undefined;
  secondsAgo?: number;
  deliveryId?: string;
  headers?: Record<string, string | undefined>;
  base64?: boolean;
};

/** The event that API Gateway makes of a delivery of GitLab. */
export function webhookRequest(
  payload: unknown,
  options: Options = { signedWith: SIGNING_TOKEN },
): APIGatewayProxyEventV2 {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const id = options.deliveryId ?? 'delivery-1';
  const sentAt = new Date(Math.floor(Date.now() / 1000 - (options.secondsAgo ?? 0)) * 1000);
  const headers = {
    'content-type': 'application/json',
    'x-gitlab-event': 'Pipeline Hook',
    'idempotency-key': id,
    'webhook-id': id,
    'webhook-timestamp': String(sentAt.getTime() / 1000),
    ...(options.signedWith && { 'webhook-signature': new Webhook(options.signedWith).sign(id, sentAt, body) }),
    ...options.headers,
  };
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/gitlab',
    rawPath: '/webhooks/gitlab',
    rawQueryString: '',
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'mlops.example.com',
      domainPrefix: 'mlops',
      http: {
        method: 'POST',
        path: '/webhooks/gitlab',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'GitLab/19.2',
      },
      requestId: 'r',
      routeKey: 'POST /webhooks/gitlab',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    body: options.base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: options.base64 ?? false,
  };
}
