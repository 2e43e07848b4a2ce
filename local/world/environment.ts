import type { PartName } from './part-names.ts';
import type { Ports } from './ports.ts';

/** One region for everything: the local AWS keeps regions apart, as AWS does. */
export const region = 'eu-central-1';
export const accountId = '000000000000';

export interface WorldUrls {
  readonly web: string;
  readonly gitlab: string;
  readonly inbox: string;
  readonly aws: string;
  readonly sagemaker: string;
}

export function worldUrls(ports: Ports): WorldUrls {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    web: at(ports.web),
    gitlab: at(ports.gitlab),
    inbox: at(ports.inbox),
    aws: at(ports.aws),
    sagemaker: at(ports.sagemaker),
  };
}

/** Region and keys, for every client of the local AWS. The key `test` is the account's root. */
export const awsIdentity: Readonly<Record<string, string>> = {
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** Settings of the SDK's clients; a request that gets no answer ends with an error instead of waiting for ever. */
export const awsClientSettings = (urls: WorldUrls) => ({
  endpoint: urls.aws,
  region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: { connectionTimeout: 3000, requestTimeout: 20_000, throwOnRequestTimeout: true },
});

/**
 * The variables that `local -- env` exports: those of the started parts only.
 * @param gitlabToken token of a user that owns the sample project and the stewards' group
 */
export function worldEnvironment(
  parts: readonly PartName[],
  urls: WorldUrls,
  gitlabToken: string,
): Record<string, string> {
  const variables: Readonly<Record<PartName, Readonly<Record<string, string>>>> = {
    aws: { AWS_ENDPOINT_URL: urls.aws, ...awsIdentity },
    sagemaker: {
      AWS_ENDPOINT_URL_SAGEMAKER: urls.sagemaker,
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: urls.sagemaker,
      ...awsIdentity,
    },
    gitlab: {
      GITLAB_URL: urls.gitlab,
      GITLAB_TOKEN: gitlabToken,
      GITLAB_PROJECT: 'ml/flight-delays',
      GITLAB_GROUP: 'ml-stewards',
      GITLAB_OUTSIDER: 'outsider',
    },
    web: { MLOPS_URL: urls.web },
    inbox: { MLOPS_INBOX_URL: urls.inbox },
  };
  return Object.assign({}, ...parts.map((part) => variables[part]));
}

/** Lines for `eval`, values quoted for a POSIX shell. */
export function exportLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
