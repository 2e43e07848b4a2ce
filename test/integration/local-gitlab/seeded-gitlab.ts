import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { startGitlab } from '../../../local/gitlab/server.ts';
import type { GitlabConfig } from '../../../local/gitlab/settings.ts';

export const ROOT_TOKEN = 'glpat-root-for-tests';

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export const asObject = (value: unknown) => z.record(z.string(), z.unknown()).parse(value);
export const asList = (value: unknown) => z.array(z.record(z.string(), z.unknown())).parse(value);
export const idOf = (answer: Answer) => z.object({ id: z.number() }).parse(answer.body).id;

function caller(url: string, token: string | undefined): Call {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/api/v4${path}`, {
      method,
      headers: {
        ...(token ? { 'private-token': token } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') && text;
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  };
}

/** A server in a folder of its own with three users, a group and the private project `ml/model`. */
export async function seedGitlab(config: Partial<GitlabConfig> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-'));
  const start = (port: number) =>
    startGitlab({ stateDir: join(folder, 'state'), port, rootToken: ROOT_TOKEN, ...config });
  let running = await start(0);
  const { url, port } = running;
  const root = caller(url, ROOT_TOKEN);
  const users: Record<string, { id: number; token: string; call: Call }> = {};
  for (const username of ['maintainer', 'developer', 'reporter', 'outsider']) {
    const id = idOf(
      await root('POST', '/users', { username, name: `The ${username}`, email: `${username}@example.com` }),
    );
    const made = await root('POST', `/users/${id}/personal_access_tokens`, {
      name: 'test',
      scopes: ['api', 'read_repository', 'write_repository'],
    });
    const token = String(asObject(made.body).token);
    users[username] = { id, token, call: caller(url, token) };
  }
  const groupId = idOf(await root('POST', '/groups', { name: 'ML', path: 'ml' }));
  const projectId = idOf(await root('POST', '/projects', { path: 'model', namespace_id: groupId }));
  const levels = { maintainer: 40, developer: 30, reporter: 20 };
  for (const [username, access_level] of Object.entries(levels)) {
    await root('POST', `/projects/${projectId}/members`, { user_id: users[username]?.id, access_level });
  }
  const user = (username: string) => {
    const found = users[username];
    if (!found) throw new Error(`no user ${username}`);
    return found;
  };

  return {
    url,
    folder,
    projectId,
    groupId,
    root,
    user,
    as: (username: string) => user(username).call,
    nobody: caller(url, undefined),
    world: () => running.world,
    workingCopy: (username: string, project = 'ml/model') =>
      workingCopy(folder, url, project, username, user(username).token),
    restart: async () => {
      await running.stop();
      running = await start(port);
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type SeededGitlab = Awaited<ReturnType<typeof seedGitlab>>;

function workingCopy(folder: string, url: string, project: string, username: string, token: string) {
  const directory = mkdtempSync(join(folder, 'copy-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: `The ${username}`,
    GIT_AUTHOR_EMAIL: `${username}@example.com`,
    GIT_COMMITTER_NAME: `The ${username}`,
    GIT_COMMITTER_EMAIL: `${username}@example.com`,
  };
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  /** The same without stopping this process, which serves the push. */
  const gitAsync = async (...args: string[]) => {
    const { spawn } = await import('node:child_process');
    return new Promise<string>((resolve, reject) => {
      const child = spawn('git', args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.on('close', (code) => (code === 0 ? resolve(output.trim()) : reject(new Error(output))));
    });
  };
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', `${url.replace('://', `://anyone:${token}@`)}/${project}.git`);
  return {
    directory,
    git: gitAsync,
    head: () => git('rev-parse', 'HEAD'),
    write: (files: Record<string, string>) => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), content);
      }
    },
    commit: (message: string) => {
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

/** Waits until something is there; the last answer is in the error. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 45_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface Received {
  headers: IncomingHttpHeaders;
  raw: string;
  body: Record<string, unknown>;
}

/** A receiver of webhooks that keeps what it gets and answers as told. */
export async function openReceiver() {
  const received: Received[] = [];
  let answer = 200;
  const server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk) => (raw += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, raw, body: asObject(JSON.parse(raw)) });
      response.writeHead(answer).end('thanks');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answerWith: (status: number) => {
      answer = status;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
