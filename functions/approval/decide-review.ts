import { type Context, Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { bodyLimit } from 'hono/body-limit';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { secretsManagerSecrets } from '../../shared/adapters/secrets-manager/secrets.ts';
import { cookieSessions } from '../../shared/adapters/sign-in/cookie-sessions.ts';
import { checkPost } from '../../shared/application/check-post.ts';
import type { ReviewDossier } from '../../shared/application/load-review.ts';
import { type SettleDecisionDependencies, settleDecision } from '../../shared/application/settle-review.ts';
import { type DecisionSources, takeDecision } from '../../shared/application/take-decision.ts';
import type { DecisionForm, FieldError } from '../../shared/domain/decision-form.ts';
import type { Review } from '../../shared/domain/review.ts';
import type { Session, Sessions } from '../../shared/ports/sessions.ts';
import type { Environment } from '../../shared/runtime/environment.ts';
import { logger } from '../../shared/runtime/logger.ts';
import { onceBuilt } from '../../shared/runtime/once-built.ts';
import { BROKEN, NOT_FOUND } from '../../web/pages/message-page.tsx';
import { renderMessagePage, renderReviewPage, renderSignInPage } from '../../web/render-page.tsx';
import { responseHeaders } from '../../web/response-headers.ts';

export type DecideReviewDependencies = DecisionSources &
  SettleDecisionDependencies & { sessions: Sessions; stage: string; publicUrl: string };

/** A reason of 2,000 characters in any script, form-encoded, fits several times. */
const MAX_BODY_BYTES = 64 * 1024;

/** `POST /reviews/{reviewId}/decision`: the only place where a steward's word becomes a decision. */
export function decideReview(dependencies: () => DecideReviewDependencies): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(responseHeaders(dependencies().publicUrl)))
      context.res.headers.set(name, value);
  });
  app.post(
    '/reviews/:reviewId/decision',
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge(dependencies) }),
    (context) => answer(context, context.req.param('reviewId'), dependencies()),
  );
  app.notFound(async (context) => context.html(await renderMessagePage(frameOf(dependencies()), NOT_FOUND), 404));
  app.onError(async (error, context) => {
    logger.error('the decision could not be taken', { error });
    return context.html(await renderMessagePage(frameOf(dependencies()), BROKEN), 500);
  });
  return app;
}

export const handler = handle(decideReview(onceBuilt(build)));

async function answer(context: Context, reviewId: string, dependencies: DecideReviewDependencies): Promise<Response> {
  const { fields, csrfToken } = await readForm(context);
  const post = { origin: context.req.header('origin'), cookieHeader: context.req.header('cookie'), csrfToken };
  const check = await checkPost(post, dependencies.sessions, dependencies.publicUrl);
  if (check.outcome === 'signed-out') {
    const view = {
      returnTo: `/reviews/${encodeURIComponent(reviewId)}`,
      sentence: check.sentence,
      typed: fields.reason,
    };
    return context.html(await renderSignInPage(frameOf(dependencies), view), 401);
  }
  const { session } = check;
  if (check.outcome === 'refused') {
    const view = {
      title: 'The decision was not recorded',
      sentence: check.sentence,
      link: { href: `/reviews/${encodeURIComponent(reviewId)}`, text: 'To the review' },
    };
    return context.html(await renderMessagePage(await frameFor(session, dependencies), view), 403);
  }
  const result = await takeDecision(reviewId, session.user, fields, dependencies);
  const refuse = (status: 403 | 409 | 422, dossier: ReviewDossier, sentences: string[], errors: FieldError[] = []) =>
    refusedPage(context, status, session, dossier, { sentences, errors, typed: fields }, dependencies);
  switch (result.outcome) {
    case 'decided':
      await settle(result.review, dependencies);
      return context.redirect(`/reviews/${result.review.reviewId}`, 303);
    case 'unknown':
      return context.html(await renderMessagePage(await frameFor(session, dependencies), NOT_FOUND), 404);
    case 'incomplete':
      return refuse(422, result.dossier, [], result.errors);
    case 'not-eligible':
      return refuse(403, result.dossier, [result.why]);
    case 'too-late':
      return refuse(409, result.dossier, [result.why]);
  }
}

/** The decision stands already: whatever fails here is done again by the sweeper, and the steward is not told to decide twice. */
async function settle(review: Review, dependencies: DecideReviewDependencies): Promise<void> {
  logger.info('review decided', { reviewId: review.reviewId, outcome: review.status });
  try {
    await settleDecision(review, dependencies);
  } catch (error) {
    logger.error('the decision stands, but the run could not be told yet', {
      reviewId: review.reviewId,
      error: String(error),
    });
  }
}

async function refusedPage(
  context: Context,
  status: 403 | 409 | 422,
  session: Session,
  { review, packet, timeline, eligibility }: ReviewDossier,
  refused: { sentences: string[]; errors: FieldError[]; typed: DecisionForm },
  dependencies: DecideReviewDependencies,
): Promise<Response> {
  const frame = await frameFor(session, dependencies);
  return context.html(await renderReviewPage(frame, { review, packet, timeline, eligibility, refused }), status);
}

async function readForm(context: Context): Promise<{ fields: DecisionForm; csrfToken: string | undefined }> {
  const isForm = context.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  const form = new URLSearchParams(isForm ? await context.req.text() : '');
  const field = (name: string) => form.get(name) ?? '';
  return {
    csrfToken: form.get('csrf') ?? undefined,
    fields: {
      outcome: field('outcome'),
      reason: field('reason'),
      code: field('code'),
      packetSha256: field('packetSha256'),
    },
  };
}

function tooLarge(dependencies: () => DecideReviewDependencies) {
  const view = {
    title: 'The form is too large',
    sentence: 'Nothing was recorded. Shorten the reason to 2,000 characters and send it again.',
  };
  return async (context: Context) => context.html(await renderMessagePage(frameOf(dependencies()), view), 413);
}

function frameOf({ stage, now }: DecideReviewDependencies) {
  return { stage, now: now() };
}

async function frameFor(session: Session, dependencies: DecideReviewDependencies) {
  const csrfToken = await dependencies.sessions.csrfToken(session);
  return { ...frameOf(dependencies), viewer: { user: session.user, csrfToken } };
}

function build(environment: Environment): DecideReviewDependencies {
  const { stage, publicUrl } = environment;
  const secrets = secretsManagerSecrets(environment);
  return {
    ...runRecords(environment),
    ...meetingPlace(environment),
    stage,
    publicUrl,
    now: systemTime,
    newId: randomId,
    sessions: cookieSessions({ secrets, stage, publicUrl, now: systemTime, newId: randomId }),
    reviews: dynamodbReviews(environment),
    documents: s3Documents(environment),
    onboarding: onboardingRecords(environment),
    memberships: gitlabMemberships(connectGitlab(environment)),
  };
}
