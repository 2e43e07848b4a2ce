import { isProtectedBranch } from '../access.ts';
import { changedPaths } from '../git/read-changes.ts';
import { listCommits } from '../git/read-history.ts';
import { resolveCommit, ZERO_SHA } from '../git/read-objects.ts';
import { readTag } from '../git/tags.ts';
import type { PushEvent } from '../rows/pipelines.ts';
import type { World } from '../world.ts';
import { hookCommit, hookProjectWithOldNames, hookRepository } from './payload-parts.ts';

const LISTED_COMMITS = 20;

/** A `Push Hook` or `Tag Push Hook` body: the newest 20 commits, oldest first, and how many there were in all. */
export async function pushPayload(world: World, event: PushEvent) {
  const project = world.db.projects.require(event.project_id);
  const user = world.db.users.require(event.user_id);
  const repository = world.repositories.path(project);
  const kind = event.ref.startsWith('refs/tags/') ? 'tag_push' : 'push';
  const name = event.ref.replace(/^refs\/(heads|tags)\//, '');
  const checkout = event.after === ZERO_SHA ? null : ((await resolveCommit(repository, event.ref)) ?? event.after);
  const range = event.before === ZERO_SHA ? event.after : `${event.before}..${event.after}`;
  const all = checkout && kind === 'push' ? await listCommits(repository, range, { limit: 1000 }) : [];
  const listed = all.slice(0, LISTED_COMMITS).reverse();
  const changes = await changedPaths(repository, listed);
  const commits = listed.map((commit, index) => ({ ...hookCommit(world, project, commit), ...changes[index] }));
  return {
    object_kind: kind,
    event_name: kind,
    before: event.before,
    after: event.after,
    ref: event.ref,
    ref_protected: kind === 'push' && isProtectedBranch(world.db, project.id, name),
    checkout_sha: checkout,
    message: kind === 'tag_push' && checkout ? ((await readTag(repository, event.after))?.message ?? null) : null,
    user_id: user.id,
    user_name: user.name,
    user_username: user.username,
    user_email: user.public_email || null,
    user_avatar: null,
    project_id: project.id,
    project: hookProjectWithOldNames(world, project),
    commits,
    total_commits_count: all.length,
    push_options: pushOptions(event.push_options),
    repository: hookRepository(world, project),
  };
}

/** `ci.skip` is `{ci: {skip: true}}`, `ci.variable=A=1` is `{ci: {variable: {"A=1": 1}}}`. */
function pushOptions(options: string[]): Record<string, Record<string, unknown>> {
  const told: Record<string, Record<string, unknown>> = {};
  for (const option of options) {
    const [, namespace = '', key = '', value] =
      /^(ci|merge_request|mr|secret_push_protection|integrations)\.(\w+)(?:=(.*))?$/s.exec(option) ?? [];
    if (!key) continue;
    const group = namespace === 'mr' ? 'merge_request' : namespace;
    const known = told[group] ?? {};
    if (value === undefined) known[key] = true;
    else if (key === 'variable' || key === 'label') known[key] = { ...Object(known[key]), [value]: 1 };
    else known[key] = value;
    told[group] = known;
  }
  return told;
}
