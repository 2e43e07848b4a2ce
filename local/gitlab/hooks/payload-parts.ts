import type { Commit } from '../git/parse-commit.ts';
import { readCommit } from '../git/read-objects.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';

const VISIBILITY_LEVEL = { private: 0, internal: 10, public: 20 } as const;

/** `2026-11-01 10:00:00 UTC`, the way that pipeline and deployment events write a time. */
export const hookTime = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

export const maybeHookTime = (iso: string | null) => (iso ? hookTime(iso) : null);

export const secondsBetween = (from: string | null, to: string | null) =>
  from && to ? Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000) : null;

/** An address that isn't public is not told to receivers. */
export function hookUser(_world: Pick<World, 'url'>, user: User) {
  return {
    id: user.id,
    name: user.name,
    username: user.username,
    avatar_url: null,
    email: user.public_email || '[REDACTED]',
  };
}

export function hookProject(world: Pick<World, 'url' | 'db'>, project: Project) {
  const host = new URL(world.url).hostname;
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    web_url: `${world.url}/${project.path_with_namespace}`,
    avatar_url: null,
    git_ssh_url: `git@${host}:${project.path_with_namespace}.git`,
    git_http_url: `${world.url}/${project.path_with_namespace}.git`,
    namespace: world.db.namespaces.get(project.namespace_id)?.name ?? '',
    visibility_level: VISIBILITY_LEVEL[project.visibility],
    path_with_namespace: project.path_with_namespace,
    default_branch: project.default_branch,
    ci_config_path: project.ci_config_path,
  };
}

/** The names that push, issue and note events still carry beside the newer ones. */
export function hookProjectWithOldNames(world: Pick<World, 'url' | 'db'>, project: Project) {
  const parts = hookProject(world, project);
  return {
    ...parts,
    homepage: parts.web_url,
    url: parts.git_ssh_url,
    ssh_url: parts.git_ssh_url,
    http_url: parts.git_http_url,
  };
}

export function hookRepository(world: Pick<World, 'url' | 'db'>, project: Project) {
  const parts = hookProject(world, project);
  return {
    name: project.name,
    url: parts.git_ssh_url,
    description: project.description,
    homepage: parts.web_url,
    git_http_url: parts.git_http_url,
    git_ssh_url: parts.git_ssh_url,
    visibility_level: parts.visibility_level,
  };
}

export function commitUrl(world: Pick<World, 'url'>, project: Project, sha: string): string {
  return `${world.url}/${project.path_with_namespace}/-/commit/${sha}`;
}

export function hookCommit(world: Pick<World, 'url'>, project: Project, commit: Commit) {
  return {
    id: commit.id,
    message: commit.message,
    title: commit.title,
    timestamp: commit.committed_date,
    url: commitUrl(world, project, commit.id),
    author: { name: commit.author_name, email: commit.author_email },
  };
}

export async function readHookCommit(world: World, project: Project, sha: string) {
  const commit = await readCommit(world.repositories.path(project), sha);
  return commit ? hookCommit(world, project, commit) : null;
}
