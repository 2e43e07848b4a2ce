import * as z from 'zod';
import type { Issues } from '../../ports/gitlab.ts';
import { apiPath, type GitlabClient } from './client.ts';

const Issue = z.looseObject({ iid: z.number().int(), web_url: z.string(), description: z.string().nullish() });

/**
 * Issues are found by a marker in their description, among those that the control plane's own user opened: anybody could
 * write the marker into an issue of theirs.
 */
export function gitlabIssues(client: GitlabClient): Issues {
  return {
    async openOnce(projectId, { marker, title, description, labels }) {
      const path = apiPath`/projects/${projectId}/issues`;
      const query = { search: marker, in: 'description', scope: 'created_by_me', state: 'all' };
      const existing = (await client.list(path, Issue, query))?.find((issue) => issue.description?.includes(marker));
      if (existing !== undefined) return { iid: existing.iid, webUrl: existing.web_url, created: false };
      const body = {
        title,
        description: `${description}\n\n<!-- ${marker} -->`,
        labels: labels.join(','),
        confidential: true,
      };
      const created = client.parsed(Issue, await client.write('POST', path, body), `POST ${path}`);
      return { iid: created.iid, webUrl: created.web_url, created: true };
    },
  };
}
