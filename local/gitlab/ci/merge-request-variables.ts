import { isProtectedBranch } from '../access.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';

/** GitLab names so many of the merge requests that a branch has open. */
const MOST_NAMED = 4;

/** What a pipeline knows of merge requests: its own, and those that its branch has open. */
export function mergeRequestVariables(
  world: Pick<World, 'url' | 'db'>,
  project: Project,
  pipeline: Pipeline,
): Record<string, string> {
  const row = pipeline.merge_request && world.db.mergeRequests.get(pipeline.merge_request.id);
  const branch = row?.source_branch ?? pipeline.ref;
  const open = world.db.mergeRequests
    .filter((one) => one.project_id === project.id && one.state === 'opened' && one.source_branch === branch)
    .slice(-MOST_NAMED)
    .map((one) => `${project.path_with_namespace}!${one.iid}`);
  const openOnes = open.length > 0 && !pipeline.tag ? { CI_OPEN_MERGE_REQUESTS: open.join(',') } : {};
  if (!row) return openOnes;
  const names = row.assignee_ids.flatMap((id) => world.db.users.get(id)?.username ?? []);
  const list = (name: string, values: string[]) => (values.length > 0 ? { [name]: values.join(',') } : {});
  return {
    ...openOnes,
    CI_MERGE_REQUEST_ID: String(row.id),
    CI_MERGE_REQUEST_IID: String(row.iid),
    CI_MERGE_REQUEST_REF_PATH: pipeline.ref,
    CI_MERGE_REQUEST_PROJECT_ID: String(project.id),
    CI_MERGE_REQUEST_PROJECT_PATH: project.path_with_namespace,
    CI_MERGE_REQUEST_PROJECT_URL: `${world.url}/${project.path_with_namespace}`,
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: String(project.id),
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project.path_with_namespace,
    CI_MERGE_REQUEST_SOURCE_PROJECT_URL: `${world.url}/${project.path_with_namespace}`,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: row.source_branch,
    CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
    CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED: String(isProtectedBranch(world.db, project.id, row.source_branch)),
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: row.target_branch,
    CI_MERGE_REQUEST_TARGET_BRANCH_SHA: '',
    CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED: String(isProtectedBranch(world.db, project.id, row.target_branch)),
    CI_MERGE_REQUEST_TITLE: row.title,
    CI_MERGE_REQUEST_DESCRIPTION: row.description ?? '',
    CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED: 'false',
    CI_MERGE_REQUEST_SQUASH_ON_MERGE: String(row.squash),
    CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
    CI_MERGE_REQUEST_DIFF_BASE_SHA: pipeline.merge_request?.diff_base_sha ?? '',
    CI_MERGE_REQUEST_APPROVED: String(row.approvals.length > 0),
    ...list('CI_MERGE_REQUEST_LABELS', row.labels),
    ...list('CI_MERGE_REQUEST_ASSIGNEES', names),
  };
}
