import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { errorCode } from './error-code.ts';

/** Secrets of one world: made once, kept with its state, so that a second start changes nothing. */
export const Credentials = z.object({
  gitlabRootToken: z.string(),
  oauthClientId: z.string(),
  oauthClientSecret: z.string(),
  /** Standard Webhooks secret, `whsec_` + base64 of 32 bytes. */
  webhookSigningToken: z.string(),
  /** Base64 of 32 bytes. */
  sessionKey: z.string(),
  controlToken: z.string(),
  /** Personal access tokens by user name; filled while seeding. */
  accessTokens: z.record(z.string(), z.string()),
});
export type Credentials = z.infer<typeof Credentials>;

export async function loadOrCreateCredentials(file: string): Promise<Credentials> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    // Only a world that has none yet gets new ones: others would lock it out of its own state.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return Credentials.parse(JSON.parse(text));
  const credentials: Credentials = {
    gitlabRootToken: `glpat-${randomBytes(15).toString('hex')}`,
    oauthClientId: randomBytes(32).toString('hex'),
    oauthClientSecret: `gloas-${randomBytes(32).toString('hex')}`,
    webhookSigningToken: `whsec_${randomBytes(32).toString('base64')}`,
    sessionKey: randomBytes(32).toString('base64'),
    controlToken: randomBytes(24).toString('hex'),
    accessTokens: {},
  };
  await saveCredentials(file, credentials);
  return credentials;
}

export async function saveCredentials(file: string, credentials: Credentials): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}
