/** The inbox of the laptop's world. Environment: HOST, PORT, STATE_DIR, AWS_ENDPOINT_URL, and the SDK's AWS_REGION and keys. */
import { ConfirmSubscriptionCommand, SNSClient } from '@aws-sdk/client-sns';
import { serve } from '@hono/node-server';
import * as z from 'zod';
import { inboxApp } from './app.tsx';
import { MailStore } from './mail-store.ts';

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int(),
  STATE_DIR: z.string(),
  AWS_ENDPOINT_URL: z.url(),
});

const { HOST, PORT, STATE_DIR, AWS_ENDPOINT_URL } = Environment.parse(process.env);
const sns = new SNSClient({ endpoint: AWS_ENDPOINT_URL });
const app = inboxApp({
  mails: new MailStore(STATE_DIR),
  awsUrl: new URL(AWS_ENDPOINT_URL),
  confirm: async ({ topicArn: TopicArn, token: Token }) => {
    const command = new ConfirmSubscriptionCommand({ TopicArn, Token, AuthenticateOnUnsubscribe: 'true' });
    await sns.send(command, { abortSignal: AbortSignal.timeout(5000) });
  },
  now: () => new Date(),
});
const server = serve({ fetch: app.fetch, hostname: HOST, port: PORT }, ({ port }) => {
  process.stdout.write(`ready http://${HOST}:${port}\n`);
});
process.on('SIGTERM', () => {
  server.close();
  process.exit(0);
});
