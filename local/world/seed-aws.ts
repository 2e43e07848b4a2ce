import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Credentials } from './credentials.ts';
import { awsClientSettings, region, type WorldUrls } from './environment.ts';
import { projectRoot } from './project-root.ts';

const dataBucket = 'mlops-data-local';

/** What exists in an account before the stack: secrets that people put there, and the data that models learn from. */
export async function seedAws({ urls, credentials }: { urls: WorldUrls; credentials: Credentials }): Promise<void> {
  await seedSecrets(urls, credentials);
  await seedData(urls);
}

async function seedSecrets(urls: WorldUrls, credentials: Credentials): Promise<void> {
  const secrets = new SecretsManagerClient(awsClientSettings(urls));
  await ensureSecret(secrets, 'mlops-local/gitlab', {
    apiToken: credentials.accessTokens.bot ?? credentials.gitlabRootToken,
    webhookSigningTokens: [credentials.webhookSigningToken],
    webhookSecretToken: null,
  });
  await ensureSecret(secrets, 'mlops-local/oidc', {
    clientId: credentials.oauthClientId,
    clientSecret: credentials.oauthClientSecret,
  });
  await ensureSecret(secrets, 'mlops-local/session', { current: credentials.sessionKey, previous: null });
}

async function ensureSecret(client: SecretsManagerClient, name: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  try {
    const kept = await client.send(new GetSecretValueCommand({ SecretId: name }));
    if (kept.SecretString !== text)
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    await client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
  }
}

async function seedData(urls: WorldUrls): Promise<void> {
  const s3 = new S3Client({ ...awsClientSettings(urls), forcePathStyle: true });
  if (!(await exists(() => s3.send(new HeadBucketCommand({ Bucket: dataBucket }))))) {
    await s3.send(
      new CreateBucketCommand({ Bucket: dataBucket, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: dataBucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  }
  const folder = join(projectRoot, 'ml', 'flight-delays', 'data', 'flight-delays');
  for (const file of await readdir(folder)) {
    const Key = `flight-delays/${file}`;
    if (await exists(() => s3.send(new HeadObjectCommand({ Bucket: dataBucket, Key })))) continue;
    const Body = await readFile(join(folder, file));
    await s3.send(new PutObjectCommand({ Bucket: dataBucket, Key, Body, ContentType: 'application/gzip' }));
  }
}

async function exists(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return false;
    throw error;
  }
}
