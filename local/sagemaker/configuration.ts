import * as z from 'zod';

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
  /** The waits of a deployment of an endpoint are so much of what the request says. */
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
    timeScale: set.LOCAL_SAGEMAKER_TIME_SCALE,
  };
}
