import type { Configuration } from './configuration.ts';

type ArnKind =
  | 'pipeline'
  | 'processing-job'
  | 'training-job'
  | 'model-package-group'
  | 'model-package'
  | 'model'
  | 'endpoint-config'
  | 'endpoint';

export type Arns = {
  of: (kind: ArnKind, name: string) => string;
  /** The ARN of what a request names, by its name or by an ARN, which stays as it is. */
  named: (kind: ArnKind, nameOrArn: string) => string;
  /** What all ARNs of this account and region begin with. */
  account: string;
};

/** Names stand in ARNs as they were given. SageMaker wrote them in lower case until about 2022, and no longer does. */
export function arnsOf(account: Pick<Configuration, 'region' | 'accountId'>): Arns {
  const own = `arn:aws:sagemaker:${account.region}:${account.accountId}:`;
  return {
    account: own,
    of: (kind, name) => `${own}${kind}/${name}`,
    named: (kind, nameOrArn) => (nameOrArn.startsWith('arn:') ? nameOrArn : `${own}${kind}/${nameOrArn}`),
  };
}

/** What follows the resource type: `name`, `group/3` or `pipeline/execution/id`; the value itself if it is no ARN. */
export function resourceOfArn(nameOrArn: string): string {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn;
  const resource = nameOrArn.split(':').slice(5).join(':');
  return resource.slice(resource.indexOf('/') + 1);
}
