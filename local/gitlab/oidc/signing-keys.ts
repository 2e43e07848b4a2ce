import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import * as z from 'zod';
import { writeFileWhole } from '../database.ts';

const KeyFile = z.object({ jwk: z.record(z.string(), z.unknown()), cookieSecret: z.string() });

export interface SigningKeys {
  /** The private key as a JWK; the public half is on `/oauth/discovery/keys`. */
  jwk: JWK & { kid: string };
  cookieSecret: string;
  /** Signs claims as a JWT with RS256. */
  sign(claims: Record<string, unknown>): Promise<string>;
}

function readKeyFile(path: string): z.infer<typeof KeyFile> | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined; // the first start makes the keys
  }
  return KeyFile.parse(JSON.parse(text));
}

/** One RSA key for sign-in and for the ID tokens of CI jobs; kept, so that a restart signs nobody out. */
export async function openSigningKeys(stateDir: string): Promise<SigningKeys> {
  const path = join(stateDir, 'keys.json');
  let file = readKeyFile(path);
  if (!file) {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const fresh = await exportJWK(privateKey);
    const kid = await calculateJwkThumbprint(fresh);
    file = { jwk: { ...fresh, kid, use: 'sig', alg: 'RS256' }, cookieSecret: randomBytes(32).toString('base64url') };
    writeFileWhole(path, JSON.stringify(file));
  }
  const jwk = { ...file.jwk, kid: String(file.jwk.kid) };
  const key = await importJWK(jwk, 'RS256');
  return {
    jwk,
    cookieSecret: file.cookieSecret,
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: jwk.kid, typ: 'JWT' }).sign(key),
  };
}
