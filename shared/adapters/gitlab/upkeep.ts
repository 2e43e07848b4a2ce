import * as z from 'zod';
import type { GitlabUpkeep } from '../../ports/notice-paths.ts';
import { apiPath, type GitlabClient } from './client.ts';

const OwnToken = z.looseObject({ expires_at: z.string().nullish() });

/**
 * `alert_status` is `executable`, `disabled` (after 40 failures in a row, until a test call succeeds) or `temporarily_disabled` (after
 * four, for up to a day).
 */
const Hook = z.looseObject({ url: z.string(), alert_status: z.string().nullish() });

export function gitlabUpkeep(client: GitlabClient): GitlabUpkeep {
  return {
    async tokenEndsOn() {
      const token = await client.find('/personal_access_tokens/self', OwnToken);
      return token?.expires_at ?? undefined;
    },
    async hookState(projectId, url) {
      const hooks = await client.list(apiPath`/projects/${projectId}/hooks`, Hook);
      const ours = hooks?.filter((hook) => hook.url === url) ?? [];
      if (ours.length === 0) return 'missing';
      return ours.some(({ alert_status: status }) => (status ?? 'executable') === 'executable')
        ? 'enabled'
        : 'disabled';
    },
  };
}
