import { PermissionRefused } from '../../domain/faults.ts';
import type { Identities } from '../../ports/gitlab.ts';
import { gitlabClient } from './client.ts';
import { EmbeddedUser } from './gitlab-user.ts';

/** What GitLab's tokens are made of. Anything else must not get into a header: the error would quote it. */
const PLAIN_TOKEN = /^[A-Za-z0-9_.=-]{8,1024}$/;

export function gitlabIdentities({ gitlabUrl }: { gitlabUrl: string }): Identities {
  return {
    async ofToken(token) {
      if (!PLAIN_TOKEN.test(token)) return undefined;
      try {
        return await gitlabClient({ gitlabUrl, token: async () => token }).find('/user', EmbeddedUser);
      } catch (error) {
        if (error instanceof PermissionRefused) return undefined;
        throw error;
      }
    },
  };
}
