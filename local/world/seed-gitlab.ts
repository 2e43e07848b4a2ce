import { join } from 'node:path';
import * as z from 'zod';
import type { Credentials } from './credentials.ts';
import type { WorldUrls } from './environment.ts';
import { GitlabAdmin } from './gitlab-admin.ts';
import { access, type Person, people } from './people.ts';
import { projectRoot } from './project-root.ts';
import { pushFolder } from './push-folder.ts';

const WithId = z.object({ id: z.int() });
const Users = z.array(z.object({ id: z.int(), username: z.string() }));
const Token = z.object({ token: z.string() });
const Hooks = z.array(z.object({ id: z.int(), url: z.string() }));

/** The project's id in onboarding/flight-delays.yaml. */
const onboardedProjectId = 17;

export interface SeedRequest {
  readonly urls: WorldUrls;
  readonly credentials: Credentials;
}

/**
 * Users, groups, the sample project and the CI templates, as they would be on day one. Everything is looked for first, so a
 * second start changes nothing. Returns the credentials with the access tokens that it made.
 */
export async function seedGitlab({ urls, credentials }: SeedRequest): Promise<Credentials> {
  const gitlab = new GitlabAdmin(urls.gitlab, credentials.gitlabRootToken);
  const ids = await ensureUsers(gitlab);
  const accessTokens = await ensureTokens(gitlab, urls, ids, credentials.accessTokens);

  const groups = {
    ml: await ensureGroup(gitlab, 'ml', 'Machine learning'),
    mlops: await ensureGroup(gitlab, 'mlops', 'MLOps platform'),
    stewards: await ensureGroup(gitlab, 'ml-stewards', 'Model stewards'),
    onCall: await ensureGroup(gitlab, 'ml-on-call', 'On-call engineers'),
  };
  for (const group of Object.values(groups)) await ensureMember(gitlab, `/groups/${group}`, ids.owner, access.owner);
  await ensureMember(gitlab, `/groups/${groups.stewards}`, ids.steward1, access.developer);
  await ensureMember(gitlab, `/groups/${groups.stewards}`, ids.steward2, access.developer);
  await ensureMember(gitlab, `/groups/${groups.stewards}`, ids.bot, access.developer);
  await ensureMember(gitlab, `/groups/${groups.onCall}`, ids.onCall, access.developer);
  await ensureMember(gitlab, `/groups/${groups.onCall}`, ids.bot, access.developer);

  await ensureTemplates(gitlab, urls, groups.mlops, accessTokens);
  await ensureSample(gitlab, urls, groups.ml, ids, { ...credentials, accessTokens });
  return { ...credentials, accessTokens };
}

type Ids = Readonly<Record<keyof typeof people, number>>;

async function ensureUsers(gitlab: GitlabAdmin): Promise<Ids> {
  const entries = [];
  for (const [key, person] of Object.entries(people)) entries.push([key, await ensureUser(gitlab, person)] as const);
  return z
    .object({
      dataScientist: z.int(),
      steward1: z.int(),
      steward2: z.int(),
      outsider: z.int(),
      onCall: z.int(),
      bot: z.int(),
      owner: z.int(),
    })
    .parse(Object.fromEntries(entries));
}

async function ensureUser(gitlab: GitlabAdmin, person: Person): Promise<number> {
  const [found] = Users.parse(await gitlab.get(`/users?username=${person.username}`));
  if (found !== undefined) return found.id;
  // GitLab shows other tokens public addresses only, and four eyes finds the author of a commit by the address.
  const user = { ...person, public_email: person.email, skip_confirmation: true, force_random_password: true };
  return WithId.parse(await gitlab.post('/users', user)).id;
}

async function ensureTokens(
  gitlab: GitlabAdmin,
  urls: WorldUrls,
  ids: Ids,
  known: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const tokens: Record<string, string> = {};
  for (const key of ['owner', 'bot', 'dataScientist'] as const) {
    const token = known[key];
    tokens[key] = token !== undefined && (await isValid(urls, token)) ? token : await createToken(gitlab, ids[key]);
  }
  return tokens;
}

async function isValid(urls: WorldUrls, token: string): Promise<boolean> {
  const response = await fetch(`${urls.gitlab}/api/v4/user`, { headers: { 'PRIVATE-TOKEN': token } });
  await response.body?.cancel();
  return response.ok;
}

async function createToken(gitlab: GitlabAdmin, userId: number): Promise<string> {
  const body = { name: 'local world', scopes: ['api', 'read_repository', 'write_repository'] };
  return Token.parse(await gitlab.post(`/users/${userId}/personal_access_tokens`, body)).token;
}

async function ensureGroup(gitlab: GitlabAdmin, path: string, name: string): Promise<number> {
  const found = await gitlab.find(`/groups/${path}`);
  return WithId.parse(found ?? (await gitlab.post('/groups', { path, name, visibility: 'private' }))).id;
}

async function ensureMember(gitlab: GitlabAdmin, of: string, userId: number, level: number): Promise<void> {
  if ((await gitlab.find(`${of}/members/${userId}`)) !== undefined) return;
  await gitlab.post(`${of}/members`, { user_id: userId, access_level: level });
}

interface NewProject {
  readonly namespaceId: number;
  readonly fullPath: string;
  readonly description: string;
  readonly visibility: 'private' | 'public';
  /** Fixed where something outside GitLab names the project by its id. */
  readonly id?: number;
}

async function ensureProject(gitlab: GitlabAdmin, project: NewProject): Promise<number> {
  const { namespaceId, fullPath, ...settings } = project;
  const found = await gitlab.find(`/projects/${encodeURIComponent(fullPath)}`);
  const path = fullPath.slice(fullPath.lastIndexOf('/') + 1);
  const body = { ...settings, namespace_id: namespaceId, path, name: path, default_branch: 'main' };
  return WithId.parse(found ?? (await gitlab.post('/projects', body))).id;
}

/** The project with the template that ML repositories include: public, since every project's CI reads it. */
async function ensureTemplates(
  gitlab: GitlabAdmin,
  urls: WorldUrls,
  group: number,
  tokens: Readonly<Record<string, string>>,
): Promise<void> {
  const id = await ensureProject(gitlab, {
    namespaceId: group,
    fullPath: 'mlops/ci-templates',
    description: 'CI templates for ML repositories',
    visibility: 'public',
  });
  await pushOnce(gitlab, id, {
    folder: join(projectRoot, 'templates'),
    remote: `${urls.gitlab}/mlops/ci-templates.git`,
    token: tokens.owner ?? '',
    author: people.owner,
    message: 'Add the CI template for ML repositories',
  });
}

async function ensureSample(
  gitlab: GitlabAdmin,
  urls: WorldUrls,
  group: number,
  ids: Ids,
  credentials: Credentials,
): Promise<void> {
  const id = await ensureProject(gitlab, {
    id: onboardedProjectId,
    namespaceId: group,
    fullPath: 'ml/flight-delays',
    description: 'Will a flight out of New York arrive more than 15 minutes late?',
    visibility: 'private',
  });
  const project = `/projects/${id}`;
  await ensureMember(gitlab, project, ids.dataScientist, access.maintainer);
  await ensureMember(gitlab, project, ids.bot, access.maintainer);
  await ensureMember(gitlab, project, ids.onCall, access.developer);
  await pushOnce(gitlab, id, {
    folder: join(projectRoot, 'ml', 'flight-delays'),
    remote: `${urls.gitlab}/ml/flight-delays.git`,
    token: credentials.accessTokens.dataScientist ?? '',
    author: people.dataScientist,
    message: 'Predict late arrivals of flights out of New York',
  });
  await ensureVariable(gitlab, project, 'MLOPS_BUNDLE_BUCKET', 'mlops-local-000000000000');
  await ensureHook(gitlab, project, `${urls.web}/webhooks/gitlab`, credentials.webhookSigningToken);
}

/** Without CI: the repository's history begins before the control plane knows of it. */
async function pushOnce(gitlab: GitlabAdmin, projectId: number, push: Parameters<typeof pushFolder>[0]): Promise<void> {
  if ((await gitlab.find(`/projects/${projectId}/repository/branches/main`)) === undefined) await pushFolder(push);
  if ((await gitlab.find(`/projects/${projectId}/protected_branches/main`)) !== undefined) return;
  await gitlab.post(`/projects/${projectId}/protected_branches`, {
    name: 'main',
    push_access_level: access.maintainer,
    merge_access_level: access.maintainer,
  });
}

async function ensureVariable(gitlab: GitlabAdmin, project: string, key: string, value: string): Promise<void> {
  if ((await gitlab.find(`${project}/variables/${key}`)) === undefined) {
    await gitlab.post(`${project}/variables`, { key, value });
  } else await gitlab.put(`${project}/variables/${key}`, { value });
}

/** Keeps the hook of an earlier start, with today's address and signing token. */
async function ensureHook(gitlab: GitlabAdmin, project: string, url: string, signingToken: string): Promise<void> {
  const hook = {
    url,
    signing_token: signingToken,
    pipeline_events: true,
    issues_events: true,
    confidential_issues_events: true,
    note_events: true,
    confidential_note_events: true,
    push_events: false,
    enable_ssl_verification: false,
  };
  const [found] = Hooks.parse(await gitlab.get(`${project}/hooks`)).filter((known) =>
    known.url.endsWith('/webhooks/gitlab'),
  );
  await (found === undefined
    ? gitlab.post(`${project}/hooks`, hook)
    : gitlab.put(`${project}/hooks/${found.id}`, hook));
}
