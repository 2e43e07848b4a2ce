import { ContractBroken, NotFound } from '../../domain/faults.ts';
import type { CommitStatuses } from '../../ports/gitlab.ts';
import { apiPath, type GitlabClient } from './client.ts';
import { refusalText } from './refusal-text.ts';

const STATUS_NAME = 'mlops';
const MAX_DESCRIPTION = 255;

/** The pipeline's id goes with every status: without it GitLab may make an `external` pipeline for the commit. */
export function gitlabCommitStatuses(client: GitlabClient): CommitStatuses {
  return {
    async set(projectId, commit, { state, description, targetUrl, ref, pipelineId }) {
      const path = apiPath`/projects/${projectId}/statuses/${commit}`;
      const answer = await client.write('POST', path, {
        state,
        name: STATUS_NAME,
        description: description.slice(0, MAX_DESCRIPTION),
        target_url: targetUrl,
        ref,
        pipeline_id: pipelineId,
      });
      if (answer.status < 300) return;
      const text = refusalText(answer.body);
      // GitLab's word for "it is so already".
      if (answer.status === 400 && text.includes('Cannot transition status')) return;
      if (answer.status === 404)
        throw new NotFound(`GitLab has no commit ${commit} in project ${projectId} to set a status on.`);
      throw new ContractBroken(`GitLab refused the status of commit ${commit} (${answer.status}): ${text}.`);
    },
  };
}
