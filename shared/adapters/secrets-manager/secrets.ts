import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { ContractBroken } from '../../domain/faults.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { secretsManagerClient } from '../aws/secrets-manager-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

/** A rotated secret is taken up within this time. */
const HELD_MS = 5 * 60 * 1000;

const GitlabSecret = z.object({
  apiToken: z.string().min(1),
  webhookSigningTokens: z.array(z.string().regex(/^whsec_[A-Za-z0-9+/]{42,}={0,2}$/)),
  webhookSecretToken: z.string().min(1).nullable(),
});
const SignInSecret = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) });
const SessionSecret = z.object({ current: z.string().min(32), previous: z.string().min(32).nullable() });

/** Secrets `mlops-<stage>/{gitlab,oidc,session}`. `clock` gives milliseconds. */
export function secretsManagerSecrets({ stage }: { stage: string }, clock: () => number = Date.now): Secrets {
  return {
    gitlab: held(`mlops-${stage}/gitlab`, GitlabSecret, clock),
    signIn: held(`mlops-${stage}/oidc`, SignInSecret, clock),
    session: held(`mlops-${stage}/session`, SessionSecret, clock),
  };
}

/** Reads the secret when first asked for and holds it for minutes; a failed read is not held. */
function held<Schema extends z.ZodType>(
  secretId: string,
  schema: Schema,
  clock: () => number,
): () => Promise<z.output<Schema>> {
  let value: { secret: z.output<Schema>; until: number } | undefined;
  return async () => {
    if (value === undefined || clock() >= value.until) {
      value = { secret: parseSecret(secretId, schema, await readSecret(secretId)), until: clock() + HELD_MS };
    }
    return value.secret;
  };
}

async function readSecret(secretId: string): Promise<string> {
  try {
    const answer = await asFaults(`Reading the secret ${secretId}`, () =>
      secretsManagerClient().send(new GetSecretValueCommand({ SecretId: secretId })),
    );
    return answer.SecretString ?? '';
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    throw new ContractBroken(`The secret ${secretId} does not exist. Create it in Secrets Manager.`, { cause: error });
  }
}

/** The sentence names the fields that are wrong, and never a value. */
function parseSecret<Schema extends z.ZodType>(secretId: string, schema: Schema, text: string): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ContractBroken(`The secret ${secretId} is not JSON. Store it as a JSON object.`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole'))].join(', ');
  throw new ContractBroken(`The secret ${secretId} is incomplete or wrong at: ${fields}.`);
}
