import { secretsManagerSecrets } from '../secrets-manager/secrets.ts';
import { type GitlabClient, gitlabClient } from './client.ts';

/** The stage's GitLab, with the control plane's own token. */
export function connectGitlab(environment: { stage: string; gitlabUrl: string }): GitlabClient {
  const secrets = secretsManagerSecrets(environment);
  return gitlabClient({
    gitlabUrl: environment.gitlabUrl,
    token: async () => (await secrets.gitlab()).apiToken,
  });
}
