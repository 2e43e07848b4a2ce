/** The inbox of the laptop's world. Environment: HOST, PORT, STATE_DIR, AWS_ENDPOINT_URL. */
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
const app = inboxApp({
  mails: new MailStore(STATE_DIR),
  awsUrl: new URL(AWS_ENDPOINT_URL),
  fetch: (url) => fetch(url, { signal: AbortSignal.timeout(5000) }),
  now: () => new Date(),
});
const server = serve({ fetch: app.fetch, hostname: HOST, port: PORT }, ({ port }) => {
  process.stdout.write(`ready http://${HOST}:${port}\n`);
});
process.on('SIGTERM', () => {
  server.close();
  process.exit(0);
});
