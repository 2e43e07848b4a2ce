import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { findUserByToken, tokenFault } from './authenticate.ts';
import { PipelineRunner } from './ci/run-pipeline.ts';
import { openDatabase } from './database.ts';
import { isGitPath, serveGit } from './git/http-backend.ts';
import { endReaders } from './git/read-by-name.ts';
import { Repositories } from './git/repositories.ts';
import { DeliveryQueue } from './hooks/deliver.ts';
import { openSignIn, type SignIn } from './oidc/provider.ts';
import { openSigningKeys } from './oidc/signing-keys.ts';
import { issueForms } from './pages/issue-forms.ts';
import { projectPages } from './pages/project-pages.tsx';
import { signInPages } from './pages/sign-in.tsx';
import { uploadPages } from './pages/upload-pages.ts';
import { type Api, type FindCaller, type FindUser, newApi } from './rest/api.ts';
import { routeApplications } from './rest/applications.ts';
import { routeApprovals } from './rest/approvals.ts';
import { routeBranches } from './rest/branches.ts';
import { routeCommitComments } from './rest/commit-comments.ts';
import { routeCommitDiscussions } from './rest/commit-discussions.ts';
import { routeCommitFiles } from './rest/commit-files.ts';
import { routeDeployments } from './rest/deployments.ts';
import { routeDiscussions } from './rest/discussions.ts';
import { routeEnvironments } from './rest/environments.ts';
import { routeGroups } from './rest/groups.ts';
import { routeHooks } from './rest/hooks.ts';
import { routeIssueLinks } from './rest/issue-links.ts';
import { routeIssues } from './rest/issues.ts';
import { routeJobs } from './rest/jobs.ts';
import { routeLabels } from './rest/labels.ts';
import { routeMergeRequestLists } from './rest/list-merge-requests.ts';
import { routeMembers } from './rest/members.ts';
import { routeMerging } from './rest/merge-merge-request.ts';
import { routeMergeRequestDetails } from './rest/merge-request-details.ts';
import { routeMergeRequests } from './rest/merge-requests.ts';
import { routeMoveIssue } from './rest/move-issue.ts';
import { routeNotes } from './rest/notes.ts';
import { routePipelines } from './rest/pipelines.ts';
import { routeProjects } from './rest/projects.ts';
import { routeRebase } from './rest/rebase-merge-request.ts';
import { routeReleaseLinks } from './rest/release-links.ts';
import { routeReleases } from './rest/releases.ts';
import { routeRepository } from './rest/repository.ts';
import { routeResourceEvents } from './rest/resource-events.ts';
import { routeShares } from './rest/shares.ts';
import { routeStars } from './rest/stars.ts';
import { routeStatuses } from './rest/statuses.ts';
import { routeSubscriptions } from './rest/subscriptions.ts';
import { routeTimeTracking } from './rest/time-tracking.ts';
import { routeTokens } from './rest/tokens.ts';
import { routeTriggers } from './rest/triggers.ts';
import { routeUploads } from './rest/uploads.ts';
import { routeUsers } from './rest/users.ts';
import { routeVariables } from './rest/variables.ts';
import { seedAdministrator, seedApplications } from './seed-settings.ts';
import type { GitlabConfig } from './settings.ts';
import type { World } from './world.ts';

interface RunningGitlab {
  /** The address that links and clone URLs show. */
  url: string;
  port: number;
  world: World;
  stop(): Promise<void>;
}

const listen = (server: Server, port: number, host: string) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

/** Starts the stand-in inside this process. Requests that come before it is ready wait until it is. */
export async function startGitlab(config: GitlabConfig): Promise<RunningGitlab> {
  mkdirSync(config.stateDir, { recursive: true });
  const host = config.host ?? '127.0.0.1';
  const ready = Promise.withResolvers<(request: IncomingMessage, response: ServerResponse) => void>();
  const server = createServer((request, response) => void ready.promise.then((handle) => handle(request, response)));
  const port = await listen(server, config.port ?? 8081, host);
  try {
    const world = await openWorld(config, config.externalUrl ?? `http://${host}:${port}`);
    const signIn = openSignIn(world);
    ready.resolve(requestHandler(world, signIn));
    world.deliveries.resume();
    await world.runner.resume();
    return { url: world.url, port, world, stop: () => stop(server, world) };
  } catch (error) {
    server.close();
    throw error;
  }
}

async function openWorld(config: GitlabConfig, url: string): Promise<World> {
  const db = openDatabase(join(config.stateDir, 'db'));
  const now = () => new Date();
  const newId = randomUUID;
  const world: World = {
    url,
    stateDir: config.stateDir,
    ciPath: config.ciPath ?? '',
    ciEnv: config.ciEnv ?? {},
    db,
    repositories: new Repositories(config.stateDir),
    deliveries: new DeliveryQueue({ url, db, now, newId }),
    runner: new PipelineRunner(() => world),
    signingKeys: await openSigningKeys(config.stateDir),
    now,
    newId,
  };
  seedAdministrator(world, config.rootToken);
  seedApplications(world, config.oauthClients ?? []);
  return world;
}

function requestHandler(world: World, signIn: SignIn): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener(newSite(world, signIn).fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (isGitPath(path)) {
      serveGit(world, request, response).catch((error: unknown) => {
        console.error(error);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    } else if (signIn.serves(path)) signIn.handle(request, response);
    else void listener(request, response);
  };
}

function newSite(world: World, signIn: SignIn): Hono<{ Bindings: HttpBindings }> {
  const site = new Hono<{ Bindings: HttpBindings }>();
  const findCaller: FindCaller = async (token, kind) => {
    const found = findUserByToken(world, token);
    if (kind === 'job') return found?.jobId ? found : undefined;
    return found ?? tokenFault(world, token) ?? (kind === 'bearer' ? signIn.findCaller(token) : undefined);
  };
  const findUser: FindUser = (reference) =>
    world.db.users.find((row) => String(row.id) === reference || row.username === reference);
  const api = newApi(findCaller, findUser);
  for (const route of ROUTES) route(api, world);
  site.get('/_local/health', (c) => c.json({ status: 'ok' }));
  site.route('/api/v4', api);
  site.all('/api/*', (c) => {
    const allowed = METHODS.filter((method) => answers(api, method, c.req.path.replace(/^\/api\/v4/, '')));
    if (allowed.length === 0) return c.json({ error: '404 Not Found' }, 404);
    return c.json({ error: '405 Not Allowed' }, 405, { allow: allowed.join(', ') });
  });
  site.route('/', signInPages(world, signIn));
  site.route('/', uploadPages(world));
  site.route('/', issueForms(world));
  site.route('/', projectPages(world));
  return site;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Whether a route of its own, beside what runs before every route, takes this method there. */
const answers = (api: Api, method: string, path: string): boolean =>
  api.router.match(method, path)[0].length > api.router.match(method, '/no/route/is/called/so')[0].length;

const ROUTES = [
  routeUsers,
  routeGroups,
  routeProjects,
  routeMembers,
  routeVariables,
  routeApplications,
  routeHooks,
  routeRepository,
  routeCommitFiles,
  routeCommitComments,
  routeReleases,
  routeReleaseLinks,
  routeShares,
  routeStars,
  routeLabels,
  routeBranches,
  routePipelines,
  routeTriggers,
  routeJobs,
  routeStatuses,
  routeEnvironments,
  routeDeployments,
  routeIssues,
  routeNotes,
  routeDiscussions,
  routeCommitDiscussions,
  routeMergeRequestLists,
  routeMergeRequests,
  routeMergeRequestDetails,
  routeMerging,
  routeRebase,
  routeApprovals,
  routeIssueLinks,
  routeMoveIssue,
  routeTimeTracking,
  routeSubscriptions,
  routeResourceEvents,
  routeUploads,
  routeTokens,
];

async function stop(server: Server, world: World): Promise<void> {
  // A CI file that is being read may still include files from this server, so it closes last.
  await Promise.all([world.runner.stop(), world.deliveries.stop()]);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await endReaders(world.repositories.root);
}
