import { resolveCommit, ZERO_SHA } from '../git/read-objects.ts';
import type { HookEvent } from '../rows/hooks.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { deploymentPayload } from './payload-deployment.ts';
import { issuePayload, notePayload } from './payload-issue.ts';
import { jobPayload } from './payload-job.ts';
import { mergeRequestPayload } from './payload-merge-request.ts';
import { readHookCommit } from './payload-parts.ts';
import { pipelinePayload } from './payload-pipeline.ts';
import { pushPayload } from './payload-push.ts';
import { releasePayload } from './payload-release.ts';

/** What a test of a hook sends: the newest thing of its kind, or GitLab's sentence when there is none. */
export async function sampleFor(
  world: World,
  project: Project,
  user: User,
  event: HookEvent,
): Promise<object | string> {
  const { db } = world;
  const newest = <Row extends { project_id: number }>(rows: Row[], accept: (row: Row) => boolean = () => true) =>
    rows.filter((row) => row.project_id === project.id && accept(row)).at(-1);
  const commitOf = (sha: string) => readHookCommit(world, project, sha);
  switch (event) {
    case 'push_events':
    case 'tag_push_events':
      return samplePush(world, project, user, event);
    case 'pipeline_events': {
      const pipeline = newest(db.pipelines.all());
      return pipeline
        ? pipelinePayload(world, pipeline, await commitOf(pipeline.sha))
        : 'Ensure the project has CI pipelines.';
    }
    case 'job_events': {
      const build = newest(db.builds.all(), (row) => row.kind === 'job');
      return build ? jobPayload(world, build, await commitOf(build.sha)) : 'Ensure the project has CI jobs.';
    }
    case 'deployment_events': {
      const deployment = newest(db.deployments.all());
      if (!deployment) return 'Ensure the project has deployments.';
      return deploymentPayload(world, deployment, undefined);
    }
    case 'issues_events':
    case 'confidential_issues_events': {
      const issue = newest(db.issues.all());
      return issue ? issuePayload(world, issue, user, 'update') : 'Ensure the project has issues.';
    }
    case 'note_events':
    case 'confidential_note_events': {
      const note = newest(db.notes.all(), (row) => !row.system);
      const on = note && (note.noteable_type === 'Issue' ? db.issues : db.mergeRequests).get(note.noteable_id);
      return note && on ? notePayload(world, note, user, on) : 'Ensure the project has notes.';
    }
    case 'merge_requests_events': {
      const row = newest(db.mergeRequests.all());
      if (!row) return 'Ensure the project has merge requests.';
      const lastCommit = (await commitOf(row.sha)) ?? undefined;
      return mergeRequestPayload(world, row, user, { action: 'update', lastCommit });
    }
    case 'releases_events': {
      const release = newest(db.releases.all());
      return release ? releasePayload(world, release, 'create', null) : 'Ensure the project has releases.';
    }
  }
}

async function samplePush(world: World, project: Project, user: User, event: 'push_events' | 'tag_push_events') {
  const tag = Object.keys(project.known_refs).find((ref) => ref.startsWith('refs/tags/'));
  const ref = event === 'tag_push_events' && tag ? tag : `refs/heads/${project.default_branch}`;
  const head = await resolveCommit(world.repositories.path(project), ref);
  if (!head) return 'Ensure the project has at least one commit.';
  const payload = await pushPayload(world, {
    id: 1,
    project_id: project.id,
    user_id: user.id,
    ref,
    before: ZERO_SHA,
    after: project.known_refs[ref] ?? head,
    push_options: [],
    announced: true,
    processed: true,
    created_at: world.now().toISOString(),
  });
  return event === 'push_events' ? payload : { ...payload, object_kind: 'tag_push', event_name: 'tag_push' };
}
