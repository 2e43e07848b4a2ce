import * as z from 'zod';
import { ContractBroken } from '../domain/faults.ts';

const List = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

const Variables = z.object({
  AWS_REGION: z.string().min(1),
  MLOPS_STAGE: z.string().regex(/^[a-z][a-z0-9]{0,7}$/),
  MLOPS_ACCOUNT_ID: z.string().regex(/^\d{12}$/),
  MLOPS_TABLE: z.string().min(1),
  MLOPS_BUS: z.string().min(1),
  MLOPS_BUCKET: z.string().min(1),
  MLOPS_CAPTURE_BUCKET: z.string().min(1),
  MLOPS_KEY_ARN: z.string().min(1),
  MLOPS_CAPTURE_KEY_ARN: z.string().min(1),
  MLOPS_PUBLIC_URL: z.url().transform((url) => url.replace(/\/+$/, '')),
  MLOPS_GITLAB_URL: z.url().transform((url) => url.replace(/\/+$/, '')),
  MLOPS_ALLOW_SECRET_TOKEN: z.enum(['true', 'false']).transform((text) => text === 'true'),
  MLOPS_SUBNET_IDS: List,
  MLOPS_SECURITY_GROUP_IDS: List,
  MLOPS_NETWORK_ISOLATION: z.enum(['true', 'false']).transform((text) => text === 'true'),
  MLOPS_COST_TAG: z.string().min(1),
  MLOPS_ROLE_PATH: z.string().regex(/^\/(?:.*\/)?$/, 'a path that begins and ends with a slash'),
});

/** What the template tells every function of its stage. */
export type Environment = {
  region: string;
  stage: string;
  accountId: string;
  table: string;
  bus: string;
  /** The control plane's versioned bucket: bundles/, code/, runs/, documents/, approved/. */
  bucket: string;
  keyArn: string;
  /** What endpoints capture: keep-<days>d/, and what was counted of it: states/. */
  captureBucket: string;
  captureKeyArn: string;
  /** Below which the stage's roles stand; `/` or `/…/`. */
  rolePath: string;
  /** Where people reach the pages, without a trailing slash. */
  publicUrl: string;
  gitlabUrl: string;
  /** Whether a webhook may be verified by the plain `X-Gitlab-Token`. */
  allowSecretToken: boolean;
  network: { subnetIds: string[]; securityGroupIds: string[]; isolation: boolean };
  /** Tags for everything that is created at run time. */
  tags: Record<string, string>;
};

/** @throws ContractBroken naming every variable that is missing or wrong */
export function readEnvironment(variables: Record<string, string | undefined> = process.env): Environment {
  const parsed = Variables.safeParse(variables);
  if (!parsed.success)
    throw new ContractBroken(`The function's environment is wrong: ${z.prettifyError(parsed.error)}`);
  const v = parsed.data;
  return {
    region: v.AWS_REGION,
    stage: v.MLOPS_STAGE,
    accountId: v.MLOPS_ACCOUNT_ID,
    table: v.MLOPS_TABLE,
    bus: v.MLOPS_BUS,
    bucket: v.MLOPS_BUCKET,
    keyArn: v.MLOPS_KEY_ARN,
    captureBucket: v.MLOPS_CAPTURE_BUCKET,
    captureKeyArn: v.MLOPS_CAPTURE_KEY_ARN,
    rolePath: v.MLOPS_ROLE_PATH,
    publicUrl: v.MLOPS_PUBLIC_URL,
    gitlabUrl: v.MLOPS_GITLAB_URL,
    allowSecretToken: v.MLOPS_ALLOW_SECRET_TOKEN,
    network: {
      subnetIds: v.MLOPS_SUBNET_IDS,
      securityGroupIds: v.MLOPS_SECURITY_GROUP_IDS,
      isolation: v.MLOPS_NETWORK_ISOLATION,
    },
    tags: { application: 'mlops', 'mlops:stage': v.MLOPS_STAGE, 'cost-center': v.MLOPS_COST_TAG },
  };
}
