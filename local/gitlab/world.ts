import type { PipelineRunner } from './ci/run-pipeline.ts';
import type { Database } from './database.ts';
import type { Repositories } from './git/repositories.ts';
import type { DeliveryQueue } from './hooks/deliver.ts';
import type { SigningKeys } from './oidc/signing-keys.ts';

/** What every part of the stand-in works with. */
export interface World {
  url: string;
  stateDir: string;
  ciPath: string;
  ciEnv: Record<string, string>;
  db: Database;
  repositories: Repositories;
  deliveries: DeliveryQueue;
  runner: PipelineRunner;
  signingKeys: SigningKeys;
  now(): Date;
  newId(): string;
}

export const GITLAB_VERSION = '19.0.0';
