import { MAINTAINER } from '../access.ts';
import type { PushEvent } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { listTree, ZERO_SHA } from './read-objects.ts';
import { runGit } from './run-git.ts';

/** What moved between two listings of refs; all zeros stand for created and deleted. */
export function diffRefs(
  before: Record<string, string>,
  after: Record<string, string>,
): { ref: string; before: string; after: string }[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((ref) => ({ ref, before: before[ref] ?? ZERO_SHA, after: after[ref] ?? ZERO_SHA }))
    .filter((move) => move.before !== move.after);
}

/** Compares the repository with what the server knew, and keeps every move as a push event of that user. */
export async function recordPushes(
  world: World,
  project: Project,
  userId: number,
  pushOptions: string[],
): Promise<PushEvent[]> {
  const refs = await world.repositories.refs(project);
  const moves = diffRefs(world.db.projects.require(project.id).known_refs, refs);
  if (moves.length === 0) return [];
  const created_at = world.now().toISOString();
  const events = moves.map((move) =>
    world.db.pushEvents.insert({
      ...move,
      project_id: project.id,
      user_id: userId,
      push_options: pushOptions,
      announced: false,
      processed: false,
      created_at,
    }),
  );
  await adoptDefaultBranch(world, project, refs);
  world.db.projects.update(project.id, { known_refs: refs, last_activity_at: created_at });
  const { default_branch } = world.db.projects.require(project.id);
  if (moves.some((move) => move.ref === `refs/heads/${default_branch}`)) {
    const tree = await listTree(world.repositories.path(project), `refs/heads/${default_branch}`, '', false);
    const readme = tree?.find((entry) => entry.type === 'blob' && /^readme(\.\w+)?$/i.test(entry.name));
    world.db.projects.update(project.id, { readme_path: readme?.path ?? null });
  }
  return events;
}

/** The first branch pushed to an empty project becomes its default branch, and the default branch is protected. */
async function adoptDefaultBranch(world: World, project: Project, refs: Record<string, string>): Promise<void> {
  if (Object.keys(project.known_refs).some((ref) => ref.startsWith('refs/heads/'))) return;
  const branches = Object.keys(refs).filter((ref) => ref.startsWith('refs/heads/'));
  const fallback = branches[0]?.slice('refs/heads/'.length);
  if (!fallback) return;
  const branch = branches.includes(`refs/heads/${project.default_branch}`) ? project.default_branch : fallback;
  await runGit(world.repositories.path(project), ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  world.db.projects.update(project.id, { default_branch: branch });
  if (world.db.protectedBranches.find((rule) => rule.project_id === project.id && rule.name === branch)) return;
  world.db.protectedBranches.insert({
    project_id: project.id,
    name: branch,
    push_access_level: MAINTAINER,
    merge_access_level: MAINTAINER,
    allow_force_push: false,
  });
}
