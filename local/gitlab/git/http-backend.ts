import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { accessToProject, canSee, DEVELOPER, protectionOf, REPORTER } from '../access.ts';
import { findUserByToken } from '../authenticate.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { recordPushes } from './detect-pushes.ts';
import { gitEnvironment } from './run-git.ts';

const GIT_PATH = /^\/(.+?)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export const isGitPath = (path: string) => GIT_PATH.test(path);

/** One push at a time for each repository, so that each move of a ref has one author. */
const pushing = new Map<string, Promise<unknown>>();

function afterOtherPushes<T>(repository: string, work: () => Promise<T>): Promise<T> {
  const result = (pushing.get(repository) ?? Promise.resolve()).then(work, work);
  const settled = result.catch(() => undefined);
  pushing.set(repository, settled);
  void settled.then(() => pushing.get(repository) === settled && pushing.delete(repository));
  return result;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  const headers = status === 401 ? { 'www-authenticate': 'Basic realm="GitLab"' } : {};
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
}

function userOf(world: World, request: IncomingMessage): { user: User; scopes: string[] } | undefined {
  const [kind = '', encoded = ''] = (request.headers.authorization ?? '').split(' ');
  if (kind.toLowerCase() !== 'basic') return undefined;
  const password = Buffer.from(encoded, 'base64').toString('utf8').split(':').slice(1).join(':');
  return findUserByToken(world, password);
}

/** Serves clone, fetch and push of `/<namespace>/<project>.git` by `git http-backend`. */
export async function serveGit(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.url);
  const [, path = '', service = ''] = GIT_PATH.exec(decodeURIComponent(url.pathname)) ?? [];
  if (path.split('/').includes('..')) return refuse(response, 400, 'A repository path can not hold "..".');
  const push = service === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  const who = userOf(world, request);
  const project = world.db.projects.find((found) => found.path_with_namespace === path);
  const access = project ? accessToProject(world.db, who?.user, project, world.now()) : 0;
  if (!who && (push || project?.visibility !== 'public')) {
    return refuse(
      response,
      401,
      'HTTP Basic: Access denied. Sign in with any user name and an access token as the password.',
    );
  }
  if (!project || !canSee(project.visibility, who?.user, access)) {
    return refuse(
      response,
      404,
      'The project you were looking for could not be found or you don’t have permission to view it.',
    );
  }
  const needed = push ? 'write_repository' : 'read_repository';
  const scoped =
    !who || who.scopes.some((scope) => scope === 'api' || scope === needed || (!push && scope === 'write_repository'));
  if (!scoped) return refuse(response, 403, `The access token lacks the scope ${needed}. Make one that has it.`);
  if (push && project.archived) return refuse(response, 403, 'You can not push code to an archived project.');
  if (push && access < DEVELOPER) return refuse(response, 403, 'You are not allowed to push code to this project.');
  if (!push && access < REPORTER && project.visibility !== 'public') {
    return refuse(response, 403, 'You are not allowed to download code from this project.');
  }
  if (service !== 'git-receive-pack' || !who) return runBackend(world, request, response, path, {});
  await afterOtherPushes(path, () => receivePack(world, request, response, project, who.user, access));
}

async function receivePack(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  project: Project,
  user: User,
  access: number,
): Promise<void> {
  const optionsFile = join(world.stateDir, `push-options-${world.newId()}`);
  world.db.projects.update(project.id, { pushing_user_id: user.id });
  const finish = async () => {
    const options = readLines(optionsFile);
    rmSync(optionsFile, { force: true });
    const events = await recordPushes(world, world.db.projects.require(project.id), user.id, options);
    world.db.projects.update(project.id, { pushing_user_id: null });
    if (events.length > 0) world.runner.takePushes();
  };
  await runBackend(
    world,
    request,
    response,
    project.path_with_namespace,
    { PUSH_OPTIONS_FILE: optionsFile, ...branchRules(world, project, access) },
    finish,
  );
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // a push without options leaves no file
  }
}

function branchRules(world: World, project: Project, access: number): Record<string, string> {
  const rules = world.db.protectedBranches.filter((rule) => rule.project_id === project.id);
  const closed = rules.filter((rule) => rule.push_access_level === 0 || access < rule.push_access_level);
  const steady = rules.filter((rule) => !protectionOf(world.db, project.id, rule.name)?.allow_force_push);
  return {
    NO_PUSH_BRANCHES: closed.map((rule) => rule.name).join(' '),
    NO_FORCE_BRANCHES: steady.map((rule) => rule.name).join(' '),
  };
}

function runBackend(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  repositoryPath: string,
  extra: Record<string, string>,
  beforeEnd: () => Promise<void> = async () => {},
): Promise<void> {
  const url = new URL(request.url ?? '/', world.url);
  const header = (name: string) => String(request.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    env: gitEnvironment({
      GIT_PROJECT_ROOT: world.repositories.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${repositoryPath}.git/${GIT_PATH.exec(decodeURIComponent(url.pathname))?.[2] ?? ''}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      REMOTE_USER: 'git',
      REMOTE_ADDR: request.socket.remoteAddress ?? '127.0.0.1',
      ...(request.headers['content-length'] ? { CONTENT_LENGTH: header('content-length') } : {}),
      ...(request.headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: header('content-encoding') } : {}),
      ...(request.headers['git-protocol'] ? { GIT_PROTOCOL: header('git-protocol') } : {}),
      ...extra,
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => {});
  child.stderr.resume();
  return new Promise((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (!head) return void response.write(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString());
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.on('error', reject);
    child.on('close', () => {
      beforeEnd().then(() => {
        if (head)
          return resolve(refuse(response, 500, 'git http-backend gave no answer. See that git is installed whole.'));
        response.end(resolve);
      }, reject);
    });
  });
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.statusCode = status;
}
