import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { EventsSettingWrong, parseUnreliability, type Unreliability } from './events/unreliable-delivery.ts';

const SCALE_IN_WORDS = 'give a number above 0 and at most 1, such as 0.01';

/** What the server is told by its environment. Every member is a string there; here it has its type. */
const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4567),
  HOST: z.string().min(1).default('127.0.0.1'),
  STATE_DIR: z.string().min(1),
  AWS_ENDPOINT_URL: z.url(),
  AWS_REGION: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  AWS_ACCOUNT_ID: z
    .string()
    .regex(/^\d{12}$/)
    .default('000000000000'),
  SAGEMAKER_PYTHON: z.string().min(1),
  BOTOCORE_DATA: z.string().min(1),
  SAGEMAKER_QUOTAS: z.string().optional(),
  LOCAL_SAGEMAKER_IMAGES: z.string().optional(),
  LOCAL_SAGEMAKER_EVENTS: z.string().optional(),
  LOCAL_SAGEMAKER_FAULTS: z.enum(['on', 'off']).default('off'),
  LOCAL_SAGEMAKER_TIME_SCALE: z.coerce.number(SCALE_IN_WORDS).gt(0, SCALE_IN_WORDS).max(1, SCALE_IN_WORDS).default(1),
});

export type Configuration = {
  port: number;
  host: string;
  stateFolder: string;
  awsEndpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  accountId: string;
  /** The Python that jobs and model workers run with. */
  python: string;
  /** The folder that holds `sagemaker/2017-07-24/service-2.json.gz`. */
  botocoreData: string;
  quotas: string | undefined;
  /** More images, as JSON. */
  images: string | undefined;
  /** Whether faults can be asked for. */
  faults: boolean;
  /** Absent: every event is delivered once and in order. */
  events: Unreliability | undefined;
  /** What waiting times of deployments and retries are multiplied by. */
  timeScale: number;
};

/** The configuration is wrong; the message names every variable that is. */
export class ConfigurationWrong extends Error {
  override readonly name = 'ConfigurationWrong';
}

export function readConfiguration(environment: Record<string, string | undefined>): Configuration {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationWrong(`Set these environment variables of the local SageMaker: ${problems.join('; ')}.`);
  }
  const set = parsed.data;
  return {
    port: set.PORT,
    host: set.HOST,
    stateFolder: set.STATE_DIR,
    awsEndpoint: set.AWS_ENDPOINT_URL,
    region: set.AWS_REGION,
    accessKeyId: set.AWS_ACCESS_KEY_ID,
    secretAccessKey: set.AWS_SECRET_ACCESS_KEY,
    accountId: set.AWS_ACCOUNT_ID,
    python: set.SAGEMAKER_PYTHON,
    botocoreData: set.BOTOCORE_DATA,
    quotas: set.SAGEMAKER_QUOTAS,
    images: set.LOCAL_SAGEMAKER_IMAGES,
    faults: set.LOCAL_SAGEMAKER_FAULTS === 'on',
    events: unreliabilityOf(set.LOCAL_SAGEMAKER_EVENTS),
    timeScale: set.LOCAL_SAGEMAKER_TIME_SCALE,
  };
}

function unreliabilityOf(text: string | undefined): Unreliability | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return parseUnreliability(text, () => randomInt(1_000_000_000));
  } catch (error) {
    if (error instanceof EventsSettingWrong) throw new ConfigurationWrong(error.message, { cause: error });
    throw error;
  }
}
