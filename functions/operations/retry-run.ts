import { type Context, Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { systemTime } from '../../shared/adapters/clock.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { secretsManagerSecrets } from '../../shared/adapters/secrets-manager/secrets.ts';
import { cookieSessions } from '../../shared/adapters/sign-in/cookie-sessions.ts';
import { stepFunctionsExecutions } from '../../shared/adapters/step-functions/executions.ts';
import { checkPost } from '../../shared/application/check-post.ts';
import { type RetryRunDeps, retryRun } from '../../shared/application/retry-run.ts';
import type { Session, Sessions } from '../../shared/ports/sessions.ts';
import type { Environment } from '../../shared/runtime/environment.ts';
import { logger } from '../../shared/runtime/logger.ts';
import { onceBuilt } from '../../shared/runtime/once-built.ts';
import { BROKEN, type MessageView, NOT_FOUND } from '../../web/pages/message-page.tsx';
import { renderMessagePage, renderSignInPage } from '../../web/render-page.tsx';
import { responseHeaders } from '../../web/response-headers.ts';

export type RetryRouteDeps = RetryRunDeps & { sessions: Sessions; stage: string; publicUrl: string };

/** `POST /runs/{runId}/retry`: a Maintainer of the model's project lets a parked run go on. */
export function retryRoute(dependencies: () => RetryRouteDeps): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(responseHeaders(dependencies().publicUrl)))
      context.res.headers.set(name, value);
  });
  app.post('/runs/:runId/retry', (context) => answer(context, context.req.param('runId'), dependencies()));
  app.notFound((context) => page(context, 404, NOT_FOUND, dependencies()));
  app.onError((error, context) => {
    logger.error('the run could not be retried', { error });
    return page(context, 500, BROKEN, dependencies());
  });
  return app;
}

export const handler = handle(retryRoute(onceBuilt(build)));

async function answer(context: Context, runId: string, deps: RetryRouteDeps): Promise<Response> {
  const form = new URLSearchParams(await context.req.text());
  const post = {
    origin: context.req.header('origin'),
    cookieHeader: context.req.header('cookie'),
    csrfToken: form.get('csrf') ?? undefined,
  };
  const check = await checkPost(post, deps.sessions, deps.publicUrl);
  const runPath = `/runs/${encodeURIComponent(runId)}`;
  if (check.outcome === 'signed-out') {
    const view = { returnTo: runPath, sentence: check.sentence };
    return context.html(await renderSignInPage({ stage: deps.stage, now: deps.now() }, view), 401);
  }
  const { session } = check;
  const refuse = (status: 403 | 409, sentence: string) =>
    page(
      context,
      status,
      { title: 'The run does not go on', sentence, link: { href: runPath, text: 'To the run' } },
      deps,
      session,
    );
  if (check.outcome === 'refused') return refuse(403, check.sentence);

  const result = await retryRun(runId, session.user, deps);
  if (result.outcome === 'unknown') return page(context, 404, NOT_FOUND, deps, session);
  if (result.outcome === 'not-allowed') return refuse(403, result.why);
  if (result.outcome === 'not-parked') return refuse(409, result.why);
  return context.redirect(runPath, 303);
}

async function page(
  context: Context,
  status: 403 | 404 | 409 | 500,
  view: MessageView,
  deps: RetryRouteDeps,
  session?: Session,
): Promise<Response> {
  const viewer = session && { user: session.user, csrfToken: await deps.sessions.csrfToken(session) };
  return context.html(
    await renderMessagePage({ stage: deps.stage, now: deps.now(), ...(viewer && { viewer }) }, view),
    status,
  );
}

function build(environment: Environment): RetryRouteDeps {
  const { stage, publicUrl } = environment;
  const secrets = secretsManagerSecrets(environment);
  const now = systemTime;
  return {
    ...runRecords(environment),
    executions: stepFunctionsExecutions(environment),
    onboarding: onboardingRecords(environment),
    memberships: gitlabMemberships(connectGitlab(environment)),
    sessions: cookieSessions({ secrets, stage, publicUrl, now, newId: randomId }),
    stage,
    publicUrl,
    now,
  };
}
