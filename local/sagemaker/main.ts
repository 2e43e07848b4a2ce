import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceModelMissing } from './api/service-model.ts';
import { ConfigurationWrong, readConfiguration } from './configuration.ts';
import { ImagesUnreadable } from './containers/images.ts';
import { openWorld } from './open-world.ts';
import { QuotasUnreadable } from './quotas.ts';
import { serve } from './server.ts';

/** How long the last captured data and logs may take on the way out. */
const LAST_WORDS_MS = 3_000;

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const { world, resume, close } = await openWorld(configuration, (line) => console.error(line));
  const server = serve(world);
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(configuration.port, configuration.host, resolve);
  });
  const stop = async () => {
    server.close();
    server.closeIdleConnections();
    await Promise.race([close(), sleep(LAST_WORDS_MS)]);
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  resume();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : configuration.port;
  if (configuration.events !== undefined) console.log(`events ${JSON.stringify(configuration.events)}`);
  console.log(`containers ${world.containerMode}`);
  console.log(`ready http://${configuration.host}:${port}`);
}

main().catch((error: unknown) => {
  const expected =
    error instanceof ConfigurationWrong ||
    error instanceof ServiceModelMissing ||
    error instanceof QuotasUnreadable ||
    error instanceof ImagesUnreadable;
  if (expected) console.error(error.message);
  else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    console.error(`The port ${process.env.PORT} is taken: set PORT to another one, or to 0 for any that is free.`);
  } else console.error(error);
  process.exit(1);
});
