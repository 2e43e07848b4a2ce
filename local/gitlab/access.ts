import type { Database } from './database.ts';
import { matchesWildcard } from './match-pattern.ts';
import type { Issue } from './rows/issues.ts';
import type { Namespace } from './rows/members.ts';
import type { Project } from './rows/projects.ts';
import type { User } from './rows/users.ts';

export const GUEST = 10;
export const PLANNER = 15;
export const REPORTER = 20;
export const DEVELOPER = 30;
export const MAINTAINER = 40;
export const OWNER = 50;
const ADMIN = 60;
export const ACCESS_LEVELS = [5, 10, 15, 20, 25, 30, 40, 50] as const;

export interface Membership {
  user: User;
  access_level: number;
  expires_at: string | null;
  created_at: string;
}

const stillCounts = (expiresAt: string | null, now: Date) => !expiresAt || new Date(expiresAt) > now;

function groupsUpwards(db: Database, namespaceId: number): Namespace[] {
  const chain: Namespace[] = [];
  for (
    let next = db.namespaces.get(namespaceId);
    next;
    next = next.parent_id ? db.namespaces.get(next.parent_id) : undefined
  ) {
    chain.push(next);
  }
  return chain;
}

/** Direct and inherited members, each with the highest level they hold. */
export function membersOf(
  db: Database,
  source: 'group' | 'project',
  sourceId: number,
  now: Date,
  inherited = true,
): Membership[] {
  const best = new Map<number, Membership>();
  const consider = (found: Membership) => {
    const known = best.get(found.user.id);
    if (!known || known.access_level < found.access_level) best.set(found.user.id, found);
  };
  const project = source === 'project' ? db.projects.require(sourceId) : undefined;
  const groups = inherited
    ? groupsUpwards(db, project ? project.namespace_id : sourceId)
    : project
      ? []
      : [db.namespaces.require(sourceId)];
  for (const group of groups) {
    const owner = group.owner_id ? db.users.get(group.owner_id) : undefined;
    if (owner && group.kind === 'user') {
      consider({ user: owner, access_level: OWNER, expires_at: null, created_at: group.created_at });
    }
  }
  for (const member of db.members.all()) {
    const here =
      member.source === 'project' ? member.source_id === project?.id : groups.some((g) => g.id === member.source_id);
    const user = here && stillCounts(member.expires_at, now) ? db.users.get(member.user_id) : undefined;
    if (user) consider({ user, ...member });
  }
  return [...best.values()].sort((a, b) => a.user.id - b.user.id);
}

export function accessToProject(db: Database, user: User | undefined, project: Project, now: Date): number {
  if (user?.state !== 'active') return 0;
  if (user.is_admin) return ADMIN;
  return membersOf(db, 'project', project.id, now).find((member) => member.user.id === user.id)?.access_level ?? 0;
}

export function accessToGroup(db: Database, user: User | undefined, group: Namespace, now: Date): number {
  if (user?.state !== 'active') return 0;
  if (user.is_admin) return ADMIN;
  return membersOf(db, 'group', group.id, now).find((member) => member.user.id === user.id)?.access_level ?? 0;
}

/** Membership, or a visibility that lets others look. */
export function canSee(visibility: Project['visibility'], user: User | undefined, access: number): boolean {
  return access >= GUEST || visibility === 'public' || (visibility === 'internal' && user?.state === 'active');
}

/** A confidential issue shows itself to members from Planner up, its author and its assignees. */
export function canSeeIssue(issue: Issue, user: User | undefined, access: number): boolean {
  if (!issue.confidential || access >= PLANNER) return true;
  return user !== undefined && (issue.author_id === user.id || issue.assignee_ids.includes(user.id));
}

export function isProtectedBranch(db: Database, projectId: number, branch: string): boolean {
  return protectionOf(db, projectId, branch) !== undefined;
}

export function protectionOf(db: Database, projectId: number, branch: string) {
  const rules = db.protectedBranches.filter((rule) => rule.project_id === projectId);
  return rules.find((rule) => rule.name === branch) ?? rules.find((rule) => matchesWildcard(rule.name, branch));
}
