/** Who hears what SNS is told. @throws ServiceUnavailable, PermissionRefused */
export type Subscriptions = {
  /** How many subscribers of a topic have confirmed that they want to hear; none where the topic is not there. */
  countConfirmed(topicArn: string): Promise<number>;
};

/** GitLab's side of what reaches us. @throws ServiceUnavailable, PermissionRefused, ContractBroken */
export type GitlabUpkeep = {
  /** The day on which the control plane's own token ends, `2027-01-31`; `undefined` for one that has no end. */
  tokenEndsOn(): Promise<string | undefined>;
  /** Whether GitLab calls the project's hook that leads to this address; `missing` where there is none. */
  hookState(projectId: number, url: string): Promise<'enabled' | 'disabled' | 'missing'>;
};
