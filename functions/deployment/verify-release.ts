import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import type { Deployment } from '../../shared/domain/deployment.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { DigestMismatch, NotFound } from '../../shared/domain/faults.ts';
import { findReleaseProblems } from '../../shared/domain/find-release-problems.ts';
import type { Run } from '../../shared/domain/run.ts';
import { Reasons, WhichRelease } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { Documents, ObjectStore } from '../../shared/ports/documents.ts';
import type { Onboarding } from '../../shared/ports/onboarding.ts';
import type { Reviews } from '../../shared/ports/reviews.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { Hosting, ModelRegistry } from '../../shared/ports/sagemaker.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type VerifyReleaseDeps = {
  runs: Pick<Runs, 'get'>;
  timeline: Pick<Timeline, 'record'>;
  reviews: Pick<Reviews, 'find'>;
  deployments: Pick<Deployments, 'find'>;
  hosting: Pick<Hosting, 'describeEndpoint'>;
  registry: Pick<ModelRegistry, 'describe'>;
  documents: Pick<Documents, 'read'>;
  objects: Pick<ObjectStore, 'digest'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  now: () => string;
};

const Verification = z.object({ outcome: z.enum(['verified', 'live', 'blocked', 'superseded']), reasons: Reasons });
type Verification = z.infer<typeof Verification>;

/**
 * State `VerifyRelease` of endpoint-rollout: approval, bytes, image and policy are asked for once more before anything is created.
 * `live` tells that an earlier attempt of this run has done it all: nothing is left but to record it.
 */
export const step = defineStep({ input: WhichRelease, output: Verification, run: verifyRelease });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  reviews: dynamodbReviews(environment),
  deployments: dynamodbDeployments(environment),
  hosting: sagemakerHosting(),
  registry: sagemakerModelRegistry(),
  documents: s3Documents(environment),
  objects: s3ObjectStore(),
  onboarding: onboardingRecords(environment),
  now: systemTime,
}));

async function verifyRelease(input: WhichRelease, deps: VerifyReleaseDeps): Promise<Verification> {
  const { environment } = input;
  const run = await currentRun(deps.runs, input);
  const deployment = await deps.deployments.find(run.model, environment);
  const live = deployment?.live;
  if (live !== undefined && live.sequence > run.sequence) {
    const reason = `A newer candidate (version ${live.version}) went live in ${environment} meanwhile; an older one never replaces it.`;
    return { outcome: 'superseded', reasons: [reason] };
  }
  const problems = findReleaseProblems(run, {
    review: run.reviewId === undefined ? undefined : await deps.reviews.find(run.reviewId),
    version: run.registered && (await deps.registry.describe(run.registered.modelPackageArn)),
    artifactSha256: await digestOfArtifact(run, deps),
    policyIsIntact: await isPolicyIntact(run, deps),
    record: deps.onboarding.ofModel(run.model),
    environment,
  });
  if (problems.length > 0) return { outcome: 'blocked', reasons: problems };
  if (await servesAlready(run, deployment, deps)) return { outcome: 'live', reasons: [] };
  const summary = `Version ${run.registered?.version ?? 0} was verified once more and goes to ${environment}.`;
  await deps.timeline.record(
    describeEvent(run.runId, 'rollout-started', deps.now(), { summary, environment, again: run.attempt }),
  );
  return { outcome: 'verified', reasons: [] };
}

/** What this run brought live is left as it is, unless the endpoint stands elsewhere by now. */
async function servesAlready(
  { runId }: Run,
  deployment: Deployment | undefined,
  { hosting }: VerifyReleaseDeps,
): Promise<boolean> {
  const { live, pending, endpointName } = deployment ?? {};
  if (endpointName === undefined || pending !== undefined || live?.runId !== runId) return false;
  const standing = await hosting.describeEndpoint(endpointName);
  return standing?.status === 'InService' && standing.configName === live.endpointConfigName;
}

async function digestOfArtifact({ registered }: Run, { objects }: VerifyReleaseDeps): Promise<string | undefined> {
  if (registered === undefined) return undefined;
  try {
    return (await objects.digest(registered.artifactUri)).sha256;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

async function isPolicyIntact({ policy }: Run, { documents }: VerifyReleaseDeps): Promise<boolean> {
  if (policy === undefined) return false;
  try {
    await documents.read(policy);
    return true;
  } catch (error) {
    if (error instanceof DigestMismatch || error instanceof NotFound) return false;
    throw error;
  }
}
