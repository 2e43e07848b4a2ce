import { type Context, Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { HTTPException } from 'hono/http-exception';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLatencyReadings } from '../../shared/adapters/dynamodb/latency-readings.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIdentities } from '../../shared/adapters/gitlab/identities.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { runbookOf } from '../../shared/adapters/runbooks.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { secretsManagerSecrets } from '../../shared/adapters/secrets-manager/secrets.ts';
import { cookieSessions } from '../../shared/adapters/sign-in/cookie-sessions.ts';
import { openidSignIn } from '../../shared/adapters/sign-in/openid.ts';
import { cacheMemberships } from '../../shared/application/cache-memberships.ts';
import { checkPost } from '../../shared/application/check-post.ts';
import { type EndpointSources, findEndpoint, loadEndpoint } from '../../shared/application/load-endpoint.ts';
import { environmentsOf, loadModel, loadModels, type ModelSources } from '../../shared/application/load-models.ts';
import { loadMonitoring, type MonitoringSources } from '../../shared/application/load-monitoring.ts';
import { loadReview, type ReviewSources } from '../../shared/application/load-review.ts';
import { loadRun, type RunSources } from '../../shared/application/load-run.ts';
import { loadWindowReport } from '../../shared/application/load-window-report.ts';
import { bearerTokenOf } from '../../shared/domain/bearer-token.ts';
import { endpointStatusOf } from '../../shared/domain/endpoint-status.ts';
import { Fault } from '../../shared/domain/faults.ts';
import { isActive } from '../../shared/domain/run.ts';
import type { Identities } from '../../shared/ports/gitlab.ts';
import type { Session, Sessions, SignIn } from '../../shared/ports/sessions.ts';
import type { Environment } from '../../shared/runtime/environment.ts';
import { logger } from '../../shared/runtime/logger.ts';
import { onceBuilt } from '../../shared/runtime/once-built.ts';
import { icon } from '../../web/icon.ts';
import { BROKEN, NOT_FOUND, UNAVAILABLE } from '../../web/pages/message-page.tsx';
import {
  renderEndpointPage,
  renderMessagePage,
  renderModelPage,
  renderOverviewPage,
  renderReviewPage,
  renderRunbookPage,
  renderRunPage,
  renderSignInPage,
} from '../../web/render-page.tsx';
import { reportPolicy } from '../../web/report/report-policy.ts';
import { responseHeaders } from '../../web/response-headers.ts';
import { stylesheet, stylesheetPath } from '../../web/stylesheet.ts';

export type ServePagesDependencies = ReviewSources &
  RunSources &
  ModelSources &
  EndpointSources &
  MonitoringSources & { sessions: Sessions; identities: Identities; signIn: SignIn; stage: string; publicUrl: string };

type Variables = { Variables: { session: Session } };

/** Often enough to follow a run, seldom enough to cost nothing. */
const REFRESH_SECONDS = 10;
const ENDPOINT_PATH = '/models/:model/environments/:environment';
const REPORT_PATH = `${ENDPOINT_PATH}/windows/:to/:from/report`;
const A_YEAR = 'public, max-age=31536000, immutable';

/** An answer may have its own: what never changes is kept, and a stored report brings its stylesheet. */
const OWN_HEADERS = ['cache-control', 'content-security-policy'];

/** Every page, read-only: the function's role can't write, so no link can make it. */
export function servePages(dependencies: () => ServePagesDependencies): Hono<Variables> {
  const app = new Hono<Variables>();
  app.use(async (context, next) => {
    await next();
    const own = new Set(OWN_HEADERS.filter((name) => context.res.headers.has(name)));
    for (const [name, value] of Object.entries(responseHeaders(dependencies().publicUrl))) {
      if (!own.has(name)) context.res.headers.set(name, value);
    }
  });
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get(stylesheetPath, (context) =>
    context.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': A_YEAR }),
  );
  app.get('/icon.svg', (context) =>
    context.body(icon, 200, { 'content-type': 'image/svg+xml', 'cache-control': A_YEAR }),
  );
  app.get('/runbooks/:name', async (context) =>
    context.html(await renderRunbookPage(frameOf(dependencies()), found(runbookOf(context.req.param('name'))))),
  );
  addSignIn(app, dependencies);
  addEndpointStatus(app, dependencies);
  addPages(app, dependencies);
  app.notFound((context) => messagePage(context, dependencies(), NOT_FOUND, 404));
  app.onError((error, context) => {
    if (error instanceof HTTPException && error.status === 404)
      return messagePage(context, dependencies(), NOT_FOUND, 404);
    logger.error('the page could not be made', { error });
    const isOutage = error instanceof Fault && error.transient;
    return messagePage(context, dependencies(), isOutage ? UNAVAILABLE : BROKEN, isOutage ? 503 : 500);
  });
  return app;
}

export const handler = handle(servePages(onceBuilt(build)));

function addSignIn(app: Hono<Variables>, dependencies: () => ServePagesDependencies): void {
  app.get('/auth/login', async (context) => {
    const begun = await dependencies().signIn.begin(context.req.query('returnTo') ?? '/');
    context.header('set-cookie', begun.setCookie);
    return context.redirect(begun.redirectTo, 302);
  });

  app.get('/auth/callback', async (context) => {
    const { signIn, sessions } = dependencies();
    const query = new URL(context.req.url).search.slice(1);
    const finished = await signIn.finish(query, context.req.header('cookie'));
    context.header('set-cookie', finished.clearCookie);
    if (finished.outcome === 'refused') {
      const page = await renderSignInPage(frameOf(dependencies()), { returnTo: '/', sentence: finished.sentence });
      return context.html(page, 403);
    }
    const { setCookie } = await sessions.start(finished.user);
    context.header('set-cookie', setCookie, { append: true });
    return context.redirect(finished.returnTo, 303);
  });

  app.post('/auth/logout', async (context) => {
    const { sessions, publicUrl } = dependencies();
    const form = new URLSearchParams(await context.req.text());
    const post = {
      origin: context.req.header('origin'),
      cookieHeader: context.req.header('cookie'),
      csrfToken: form.get('csrf') ?? undefined,
    };
    const check = await checkPost(post, sessions, publicUrl);
    if (check.outcome === 'refused') {
      const view = {
        title: 'You are still signed in',
        sentence: 'The form did not come from one of our pages. Sign out from the page here.',
        link: { href: '/', text: 'To the models' },
      };
      return messagePage(context, dependencies(), view, 403);
    }
    context.header('set-cookie', sessions.end());
    return context.redirect('/', 303);
  });
}

/** For programs, with a GitLab token instead of a session: the endpoint's page as JSON. */
function addEndpointStatus(app: Hono<Variables>, dependencies: () => ServePagesDependencies): void {
  app.get(ENDPOINT_PATH, async (context, next) => {
    const authorization = context.req.header('authorization');
    if (authorization === undefined) return next();
    const token = bearerTokenOf(authorization);
    const user = token === undefined ? undefined : await dependencies().identities.ofToken(token);
    if (user === undefined) return context.json({ sentence: 'GitLab does not know the token.' }, 401);
    const dossier = await findEndpoint(context.req.param(), user, dependencies());
    if (dossier === undefined)
      return context.json({ sentence: 'There is no such environment, or you may not see it.' }, 404);
    return context.json(endpointStatusOf(dossier.record.model, dossier.environment, dossier.deployment));
  });
}

function addPages(app: Hono<Variables>, dependencies: () => ServePagesDependencies): void {
  app.on(
    'GET',
    ['/', '/models/:model', ENDPOINT_PATH, REPORT_PATH, '/runs/:runId', '/reviews/:reviewId'],
    async (context, next) => {
      const session = await dependencies().sessions.find(context.req.header('cookie'));
      if (session === undefined) {
        return context.html(await renderSignInPage(frameOf(dependencies()), { returnTo: context.req.path }), 401);
      }
      context.set('session', session);
      return next();
    },
  );

  app.get('/', async (context) => {
    const dossiers = await loadModels(context.var.session.user, dependencies());
    const environments = [...new Set(dossiers.flatMap(environmentsOf))];
    const models = dossiers.map(({ record, deployments, runs }) => ({ model: record.model, deployments, runs }));
    return context.html(await renderOverviewPage(await frameFor(context, dependencies()), { models, environments }));
  });

  app.get('/models/:model', async (context) => {
    const dossier = found(await loadModel(context.req.param('model'), context.var.session.user, dependencies()));
    const { record, deployments, runs } = dossier;
    const environments = environmentsOf(dossier).map((name) => ({
      name,
      deployment: deployments.find(({ environment }) => environment === name),
    }));
    const view = {
      model: record.model,
      projectPath: record.project.path,
      stewardsGroup: record.groups.stewards,
      environments,
      monitoring: await loadMonitoring(record.model, environments, dependencies()),
      runs,
    };
    return context.html(await renderModelPage(await frameFor(context, dependencies()), view));
  });

  app.get(ENDPOINT_PATH, async (context) => {
    const dossier = found(await loadEndpoint(context.req.param(), context.var.session.user, dependencies()));
    const { record, environment, deployment } = dossier;
    const monitoring = await loadMonitoring(record.model, [{ name: environment, deployment }], dependencies());
    // Never while there is a form: what somebody types there would be gone.
    const isMoving = deployment?.rollback?.status === 'under-way';
    if (isMoving) context.header('refresh', String(REFRESH_SECONDS));
    const view = {
      ...dossier,
      model: record.model,
      projectPath: record.project.path,
      onCallGroup: record.groups.onCall,
      monitoring: found(monitoring[0]),
      ...(isMoving && { refreshSeconds: REFRESH_SECONDS }),
    };
    return context.html(await renderEndpointPage(await frameFor(context, dependencies()), view));
  });

  app.get(REPORT_PATH, async (context) => {
    const report = found(await loadWindowReport(context.req.param(), context.var.session.user, dependencies()));
    context.header('content-security-policy', reportPolicy(report));
    return context.html(report);
  });

  app.get('/runs/:runId', async (context) => {
    const dossier = found(await loadRun(context.req.param('runId'), context.var.session.user, dependencies()));
    const refreshes = isActive(dossier.run.status) && context.req.query('refresh') !== 'off';
    if (refreshes) context.header('refresh', String(REFRESH_SECONDS));
    const view = { ...dossier, ...(refreshes && { refreshSeconds: REFRESH_SECONDS }) };
    return context.html(await renderRunPage(await frameFor(context, dependencies()), view));
  });

  app.get('/reviews/:reviewId', async (context) => {
    const dossier = found(await loadReview(context.req.param('reviewId'), context.var.session.user, dependencies()));
    return context.html(await renderReviewPage(await frameFor(context, dependencies()), dossier));
  });
}

function found<T>(dossier: T | undefined): T {
  if (dossier === undefined) throw new HTTPException(404);
  return dossier;
}

type Message = Parameters<typeof renderMessagePage>[1];

async function messagePage(
  context: Context<Variables>,
  dependencies: ServePagesDependencies,
  view: Message,
  status: 403 | 404 | 500 | 503,
) {
  const frame = context.var.session ? await frameFor(context, dependencies) : frameOf(dependencies);
  return context.html(await renderMessagePage(frame, view), status);
}

function frameOf({ stage, now }: ServePagesDependencies) {
  return { stage, now: now() };
}

async function frameFor(context: Context<Variables>, dependencies: ServePagesDependencies) {
  const { session } = context.var;
  return {
    ...frameOf(dependencies),
    viewer: { user: session.user, csrfToken: await dependencies.sessions.csrfToken(session) },
  };
}

function build(environment: Environment): ServePagesDependencies {
  const { stage, publicUrl, gitlabUrl } = environment;
  const secrets = secretsManagerSecrets(environment);
  const records = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    ...runRecords(environment),
    stage,
    publicUrl,
    now: systemTime,
    sessions: cookieSessions({ secrets, stage, publicUrl, now: systemTime, newId: randomId }),
    signIn: openidSignIn({ issuer: gitlabUrl, secrets, stage, publicUrl, now: systemTime }),
    reviews: dynamodbReviews(environment),
    deployments: dynamodbDeployments(environment),
    documents: s3Documents(environment),
    monitorWindows: dynamodbMonitorWindows(records),
    latencyReadings: dynamodbLatencyReadings(records),
    cases: dynamodbCases(records),
    onboarding: onboardingRecords(environment),
    identities: gitlabIdentities(environment),
    memberships: cacheMemberships(gitlabMemberships(connectGitlab(environment)), Date.now),
  };
}
