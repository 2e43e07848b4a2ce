import { readCommit, resolveCommit, ZERO_SHA } from '../git/read-objects.ts';
import { pushPayload } from '../hooks/payload-push.ts';
import { followPush } from '../merge-requests.ts';
import type { Pipeline, PushEvent } from '../rows/pipelines.ts';
import type { World } from '../world.ts';
import { createPipeline, NoPipelineError } from './create-pipeline.ts';

/** GitLab's `push_event_hooks_limit`: a push that moves more refs than this tells no hook. */
const REFS_PER_PUSH_WITH_HOOKS = 3;

/** Tells the hooks and the merge requests of a push, once, and makes its pipeline if it wants one. */
export async function takePush(world: World, event: PushEvent): Promise<Pipeline | undefined> {
  const isTag = event.ref.startsWith('refs/tags/');
  const name = event.ref.replace(/^refs\/(heads|tags)\//, '');
  if (!event.announced) await announce(world, event, isTag, name);
  const pipeline = event.after === ZERO_SHA ? undefined : await pipelineOf(world, event, isTag, name);
  world.db.pushEvents.update(event.id, { processed: true });
  return pipeline;
}

async function announce(world: World, event: PushEvent, isTag: boolean, name: string): Promise<void> {
  const moved = world.db.pushEvents.filter(
    (other) => other.project_id === event.project_id && other.created_at === event.created_at,
  ).length;
  const payload = await pushPayload(world, event);
  if (moved <= REFS_PER_PUSH_WITH_HOOKS) {
    const kind = isTag ? 'tag_push_events' : 'push_events';
    world.deliveries.announce(event.project_id, kind, () => payload, isTag ? undefined : name);
  }
  world.db.pushEvents.update(event.id, { announced: true });
  if (isTag || event.before === ZERO_SHA || event.after === ZERO_SHA) return;
  const project = world.db.projects.require(event.project_id);
  await followPush(world, project, world.db.users.require(event.user_id), name, event.before, event.after);
}

async function pipelineOf(world: World, event: PushEvent, tag: boolean, ref: string): Promise<Pipeline | undefined> {
  const project = world.db.projects.require(event.project_id);
  const repository = world.repositories.path(project);
  const sha = await resolveCommit(repository, event.after);
  const commit = sha ? await readCommit(repository, sha) : undefined;
  if (!sha || !commit) return undefined;
  const skip = event.push_options.includes('ci.skip') || /\[(ci[ _-]skip|skip[ _-]ci)\]/i.test(commit.message);
  try {
    return await createPipeline(world, {
      project,
      userId: event.user_id,
      ref,
      tag,
      sha,
      beforeSha: event.before,
      source: 'push',
      skip,
      variables: pushedVariables(event.push_options),
    });
  } catch (error) {
    if (error instanceof NoPipelineError) return undefined;
    throw error;
  }
}

/** `git push -o ci.variable="KEY=value"`, as often as wanted. */
function pushedVariables(options: readonly string[]): { key: string; value: string }[] {
  return options.flatMap((option) => {
    const [, key, value = ''] = /^ci\.variable="?(\w+)=(.*?)"?$/s.exec(option) ?? [];
    return key ? [{ key, value }] : [];
  });
}
