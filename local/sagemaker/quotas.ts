import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ResourceLimitExceeded } from './errors.ts';

type QuotaUse = 'training job usage' | 'processing job usage' | 'endpoint usage';

const Quotas = z.record(z.string(), z.number().int().min(0));

/**
 * The account's quotas, as a user of the laptop sets them: a map from "<instance type> for <use>" to a number of instances, in
 * STATE_DIR/quotas.json (read at each request) or in SAGEMAKER_QUOTAS. What isn't named is unlimited.
 */
export class AccountQuotas {
  readonly #file: string;
  readonly #fromEnvironment: z.infer<typeof Quotas>;

  constructor(stateFolder: string, fromEnvironment: string | undefined) {
    this.#file = join(stateFolder, 'quotas.json');
    this.#fromEnvironment = fromEnvironment === undefined ? {} : parseQuotas(fromEnvironment, 'SAGEMAKER_QUOTAS');
  }

  /** @throws ResourceLimitExceeded in the words of the service */
  require(instanceType: string | undefined, use: QuotaUse, delta: number, inUse: number): void {
    if (instanceType === undefined) return;
    const name = `${instanceType} for ${use}`;
    const limit = { ...this.#fromEnvironment, ...this.#read() }[name];
    if (limit === undefined || inUse + delta <= limit) return;
    throw new ResourceLimitExceeded(
      `The account-level service limit '${name}' is ${limit} Instances, with current utilization of ${inUse} Instances and a request delta of ${delta} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
    );
  }

  #read(): z.infer<typeof Quotas> {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return {}; // No file, no quota.
    }
    return parseQuotas(text, this.#file);
  }
}

/** How many instances jobs hold; one that is being stopped still holds its own. */
export function instancesInUse(
  jobs: { status: string; type: string | undefined; count: number | undefined }[],
  type: string | undefined,
): number {
  return jobs
    .filter((job) => (job.status === 'InProgress' || job.status === 'Stopping') && job.type === type)
    .reduce((sum, { count = 1 }) => sum + count, 0);
}

/** The quotas can't be read; the message says where they stand and what they look like. */
export class QuotasUnreadable extends Error {
  override readonly name = 'QuotasUnreadable';
}

function parseQuotas(text: string, source: string): z.infer<typeof Quotas> {
  try {
    return Quotas.parse(JSON.parse(text));
  } catch (error) {
    throw new QuotasUnreadable(
      `${source} must be a JSON object such as {"ml.m5.large for endpoint usage": 0}: names of quotas with a number of instances.`,
      { cause: error },
    );
  }
}
