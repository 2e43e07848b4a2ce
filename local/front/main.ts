/** The web front of the laptop's world. Environment: HOST, PORT, UPSTREAM_URL, HTTP_API_HOST. */
import * as z from 'zod';
import { startFront } from './reverse-proxy.ts';

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int(),
  UPSTREAM_URL: z.url(),
  HTTP_API_HOST: z.string(),
});

const environment = Environment.parse(process.env);
const front = await startFront({
  host: environment.HOST,
  port: environment.PORT,
  upstream: new URL(environment.UPSTREAM_URL),
  apiHost: environment.HTTP_API_HOST,
});
process.stdout.write(`ready ${front.url}\n`);
process.on('SIGTERM', () => {
  front.stop();
  process.exit(0);
});
