import { type Context, Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbRollbacks } from '../../shared/adapters/dynamodb/rollbacks.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIdentities } from '../../shared/adapters/gitlab/identities.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { secretsManagerSecrets } from '../../shared/adapters/secrets-manager/secrets.ts';
import { cookieSessions } from '../../shared/adapters/sign-in/cookie-sessions.ts';
import { stepFunctionsRollbackExecutions } from '../../shared/adapters/step-functions/rollback-executions.ts';
import { checkPost } from '../../shared/application/check-post.ts';
import { type ReleaseHoldDeps, releaseHold } from '../../shared/application/release-hold.ts';
import {
  type EnvironmentPlace,
  type OperationResult,
  type RequestRollbackDeps,
  requestRollback,
} from '../../shared/application/request-rollback.ts';
import { bearerTokenOf } from '../../shared/domain/bearer-token.ts';
import { Fault } from '../../shared/domain/faults.ts';
import { readReason } from '../../shared/domain/read-reason.ts';
import type { GitlabUser } from '../../shared/domain/run.ts';
import { endpointPageOf } from '../../shared/domain/run-places.ts';
import type { Identities } from '../../shared/ports/gitlab.ts';
import type { Rollbacks } from '../../shared/ports/rollbacks.ts';
import type { Session, Sessions } from '../../shared/ports/sessions.ts';
import type { Environment } from '../../shared/runtime/environment.ts';
import { logger } from '../../shared/runtime/logger.ts';
import { onceBuilt } from '../../shared/runtime/once-built.ts';
import { BROKEN, type MessageView, NOT_FOUND, UNAVAILABLE } from '../../web/pages/message-page.tsx';
import { renderMessagePage, renderSignInPage } from '../../web/render-page.tsx';
import { responseHeaders } from '../../web/response-headers.ts';

export type OperateEndpointDeps = RequestRollbackDeps &
  ReleaseHoldDeps & {
    rollbacks: Pick<Rollbacks, 'begin' | 'releaseHold'>;
    sessions: Sessions;
    identities: Identities;
    stage: string;
    publicUrl: string;
  };

type Operation = {
  run: (
    place: EnvironmentPlace,
    user: GitlabUser,
    reason: string,
    deps: OperateEndpointDeps,
  ) => Promise<OperationResult>;
  refusalTitle: string;
};

const OPERATIONS: Readonly<Record<'rollback' | 'release', Operation>> = {
  rollback: { run: requestRollback, refusalTitle: 'Nothing is rolled back' },
  release: { run: releaseHold, refusalTitle: 'Nothing is released' },
};

/**
 * `POST /models/{model}/environments/{environment}/rollback` and `/release`: from the form of the endpoint's page, by a signed-in
 * person, or as JSON with a GitLab token of theirs. A request with a token is never also asked for a cookie, and the other way round.
 */
export function operateEndpoint(dependencies: () => OperateEndpointDeps): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(responseHeaders(dependencies().publicUrl)))
      context.res.headers.set(name, value);
  });
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    app.post(`/models/:model/environments/:environment/${name}`, (context) => {
      const { model = '', environment = '' } = context.req.param();
      const answer = hasToken(context) ? answerJson : answerForm;
      return answer(context, { model, environment }, operation, dependencies());
    });
  }
  app.notFound((context) => page(context, 404, NOT_FOUND, dependencies()));
  app.onError((error, context) => {
    logger.error('the endpoint could not be operated', { error });
    const isOutage = error instanceof Fault && error.transient;
    const [status, view] = isOutage ? ([503, UNAVAILABLE] as const) : ([500, BROKEN] as const);
    if (hasToken(context)) return json(context, status, `${view.title}. ${view.sentence}`);
    return page(context, status, view, dependencies());
  });
  return app;
}

export const handler = handle(operateEndpoint(onceBuilt(build)));

function hasToken(context: Context): boolean {
  return context.req.header('authorization') !== undefined;
}

async function answerJson(
  context: Context,
  place: EnvironmentPlace,
  operation: Operation,
  deps: OperateEndpointDeps,
): Promise<Response> {
  const token = bearerTokenOf(context.req.header('authorization'));
  const user = token === undefined ? undefined : await deps.identities.ofToken(token);
  if (user === undefined)
    return json(context, 401, 'GitLab does not know the token. Give a valid one in GITLAB_TOKEN.');
  const read = readReason(reasonIn(await context.req.text()));
  if ('problem' in read) return json(context, 400, read.problem);
  const result = await operation.run(place, user, read.reason, deps);
  switch (result.outcome) {
    case 'unknown':
      return json(context, 404, 'There is no such environment, or you may not see it.');
    case 'not-allowed':
      return json(context, 403, result.why);
    case 'refused':
      return json(context, 409, result.why);
    default:
      return context.json(result, result.outcome === 'accepted' ? 202 : 200);
  }
}

function reasonIn(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'reason' in parsed ? parsed.reason : undefined;
  } catch {
    return undefined;
  }
}

function json(context: Context, status: 400 | 401 | 403 | 404 | 409 | 500 | 503, sentence: string): Response {
  return context.json({ outcome: 'refused', sentence }, status);
}

async function answerForm(
  context: Context,
  place: EnvironmentPlace,
  operation: Operation,
  deps: OperateEndpointDeps,
): Promise<Response> {
  const form = new URLSearchParams(await context.req.text());
  const post = {
    origin: context.req.header('origin'),
    cookieHeader: context.req.header('cookie'),
    csrfToken: form.get('csrf') ?? undefined,
  };
  const check = await checkPost(post, deps.sessions, deps.publicUrl);
  const endpointPath = endpointPageOf('', encodeURIComponent(place.model), encodeURIComponent(place.environment));
  if (check.outcome === 'signed-out') {
    const view = { returnTo: endpointPath, sentence: check.sentence };
    return context.html(await renderSignInPage({ stage: deps.stage, now: deps.now() }, view), 401);
  }
  const { session } = check;
  const refuse = (status: 400 | 403 | 409, sentence: string) => {
    const link = { href: endpointPath, text: 'To the endpoint' };
    return page(context, status, { title: operation.refusalTitle, sentence, link }, deps, session);
  };
  if (check.outcome === 'refused') return refuse(403, check.sentence);
  const read = readReason(form.get('reason') ?? undefined);
  if ('problem' in read) return refuse(400, read.problem);

  const result = await operation.run(place, session.user, read.reason, deps);
  if (result.outcome === 'unknown') return page(context, 404, NOT_FOUND, deps, session);
  if (result.outcome === 'not-allowed') return refuse(403, result.why);
  if (result.outcome === 'refused') return refuse(409, result.why);
  return context.redirect(endpointPath, 303);
}

async function page(
  context: Context,
  status: 400 | 403 | 404 | 409 | 500 | 503,
  view: MessageView,
  deps: OperateEndpointDeps,
  session?: Session,
): Promise<Response> {
  const viewer = session && { user: session.user, csrfToken: await deps.sessions.csrfToken(session) };
  const frame = { stage: deps.stage, now: deps.now(), ...(viewer && { viewer }) };
  return context.html(await renderMessagePage(frame, view), status);
}

function build(environment: Environment): OperateEndpointDeps {
  const { stage, publicUrl } = environment;
  const secrets = secretsManagerSecrets(environment);
  const now = systemTime;
  return {
    ...runRecords(environment),
    deployments: dynamodbDeployments(environment),
    rollbacks: dynamodbRollbacks(environment),
    rollbackExecutions: stepFunctionsRollbackExecutions(environment),
    onboarding: onboardingRecords(environment),
    memberships: gitlabMemberships(connectGitlab(environment)),
    identities: gitlabIdentities(environment),
    sessions: cookieSessions({ secrets, stage, publicUrl, now, newId: randomId }),
    stage,
    publicUrl,
    now,
  };
}
