import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { gitlabSourceRepository } from '../../shared/adapters/gitlab/source-repository.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { snsNotices } from '../../shared/adapters/sns/notices.ts';
import { buildPacket, type PacketSources } from '../../shared/application/build-packet.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { enterStage } from '../../shared/application/enter-stage.ts';
import { readDocument } from '../../shared/application/read-document.ts';
import { readPolicy } from '../../shared/application/read-run-documents.ts';
import { settleReview } from '../../shared/application/settle-review.ts';
import { type SupersedeDependencies, supersedeOlder } from '../../shared/application/supersede-older.ts';
import { writeApprovalNotice } from '../../shared/application/write-review-notice.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { secondsOf } from '../../shared/domain/durations.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { formatTime } from '../../shared/domain/format-time.ts';
import { subjects } from '../../shared/domain/names.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { Review } from '../../shared/domain/review.ts';
import { ReviewPacket } from '../../shared/domain/review-packet.ts';
import type { Run } from '../../shared/domain/run.ts';
import { WhichRun } from '../../shared/domain/run-end.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Reviews } from '../../shared/ports/reviews.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Environment } from '../../shared/runtime/environment.ts';
import { defineStep, type FailsTask, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type RequestApprovalDependencies = Omit<PacketSources, 'documents' | 'deployments' | 'runs'> &
  Omit<SupersedeDependencies, 'reviews' | 'rendezvous' | 'runs' | 'deployments'> &
  FailsTask & {
    documents: Documents;
    deployments: PacketSources['deployments'] & SupersedeDependencies['deployments'];
    runs: Runs;
    reviews: Reviews;
    rendezvous: Rendezvous;
    /** 128 random bits in hex. */
    newId: () => string;
  };

/** State `RequestApproval` of model-lifecycle: asks the stewards once, and waits for the review to be closed. */
export const step = defineStep({
  input: WhichRun.extend({ taskToken: z.string().min(1) }),
  output: z.void(),
  run: requestApproval,
});

export const handler = lambdaWaitStep(step, build);

function build(environment: Environment): RequestApprovalDependencies {
  const gitlab = connectGitlab(environment);
  return {
    ...runRecords(environment),
    ...meetingPlace(environment),
    reviews: dynamodbReviews(environment),
    deployments: dynamodbDeployments(environment),
    documents: s3Documents(environment),
    notices: snsNotices(environment),
    repository: gitlabSourceRepository(gitlab),
    memberships: gitlabMemberships(gitlab),
    publicUrl: environment.publicUrl,
    now: systemTime,
    newId: randomId,
  };
}

/** A repetition finds the review that is open, or answers at once with how it was closed. */
async function requestApproval(
  input: WhichRun & { taskToken: string },
  dependencies: RequestApprovalDependencies,
): Promise<void> {
  const { reviews, rendezvous, now } = dependencies;
  const run = await currentRun(dependencies.runs, input);
  const review = await openReview(run, dependencies);
  await supersedeOlder(run, review, dependencies);
  const current = (await reviews.find(review.reviewId)) ?? review;
  if (current.status === 'pending') {
    await enterStage(dependencies.runs, run, 'awaiting-approval', now());
    await tellStewardsOnce(run, current, dependencies);
  }
  await rendezvous.wait(subjects.review(review.reviewId), input.taskToken, now());
  // A decision that fell before this wait has answered nobody yet, or an attempt that is over.
  const closed = await reviews.find(review.reviewId);
  if (closed !== undefined) await settleReview(closed, dependencies);
}

async function openReview(run: Run, dependencies: RequestApprovalDependencies): Promise<Review> {
  const { reviews, runs, documents, now, newId } = dependencies;
  const existing = run.reviewId === undefined ? undefined : await reviews.find(run.reviewId);
  if (existing !== undefined) return existing;
  const reviewId = run.reviewId ?? newId();
  // The run remembers the id before the review exists, so that a repetition opens the same one.
  if (run.reviewId === undefined) await runs.update(run.runId, { reviewId }, now());
  const policy = await readPolicy(documents, run);
  const packet = await buildPacket(run, policy, windowOf(run, policy, now()), dependencies);
  const key = `documents/${run.runId}/packet.json`;
  const reference = await documents.write(key, canonicalJson(packet), 'application/json');
  return reviews.open({
    reviewId,
    runId: run.runId,
    model: run.model,
    sequence: run.sequence,
    version: packet.version,
    status: 'pending',
    stewardsGroup: packet.stewardsGroup,
    fourEyes: packet.fourEyes,
    packet: reference,
    artifactSha256: packet.lineage.artifactSha256,
    policySha256: packet.lineage.policySha256,
    requestedAt: packet.requestedAt,
    expiresAt: packet.expiresAt,
  });
}

function windowOf(run: Run, policy: Policy, requestedAt: string) {
  const seconds = secondsOf(policy.approval.expiresAfter);
  if (seconds === undefined) {
    throw new ContractBroken(
      `approval.expiresAfter of run ${run.runId} is no duration: ${policy.approval.expiresAfter}.`,
    );
  }
  return { requestedAt, expiresAt: new Date(Date.parse(requestedAt) + seconds * 1000).toISOString() };
}

/** The event in the timeline is written after the mail: a crash between may tell twice, but never not at all. */
async function tellStewardsOnce(run: Run, review: Review, dependencies: RequestApprovalDependencies): Promise<void> {
  const { timeline, notices, documents, publicUrl, now } = dependencies;
  const [events, packet] = await Promise.all([
    timeline.list(review.runId),
    readDocument(documents, ReviewPacket, review.packet, 'The review packet'),
  ]);
  if (events.some(({ key }) => key === 'approval-requested')) return;
  await notices.tellStewards(review.stewardsGroup, writeApprovalNotice(review, packet, publicUrl));
  const summary = `The stewards of ${review.stewardsGroup} were asked to decide about version ${review.version} by ${formatTime(review.expiresAt)}.`;
  const { reviewId, expiresAt, version, packet: asked } = review;
  const detail = { reviewId, expiresAt, version, packetSha256: asked.sha256 };
  await timeline.record(describeEvent(review.runId, 'approval-requested', now(), { summary, detail }), run);
}
