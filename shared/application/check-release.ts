import { DigestMismatch, NotFound } from '../domain/faults.ts';
import { findReleaseProblems } from '../domain/find-release-problems.ts';
import type { Run } from '../domain/run.ts';
import type { Documents, ObjectStore } from '../ports/documents.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Reviews } from '../ports/reviews.ts';
import type { ModelRegistry } from '../ports/sagemaker.ts';

export type CheckReleaseDeps = {
  reviews: Pick<Reviews, 'find'>;
  registry: Pick<ModelRegistry, 'describe'>;
  documents: Pick<Documents, 'read'>;
  objects: Pick<ObjectStore, 'digest'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
};

/** Asks anew for approval, bytes, image and policy of a run's version: one sentence for each that does not hold any more. */
export async function checkRelease(run: Run, environment: string, deps: CheckReleaseDeps): Promise<string[]> {
  const [review, version, artifactSha256, policyIsIntact] = await Promise.all([
    run.reviewId === undefined ? undefined : deps.reviews.find(run.reviewId),
    run.registered && deps.registry.describe(run.registered.modelPackageArn),
    digestOfArtifact(run, deps),
    isPolicyIntact(run, deps),
  ]);
  const record = deps.onboarding.ofModel(run.model);
  return findReleaseProblems(run, { review, version, artifactSha256, policyIsIntact, record, environment });
}

async function digestOfArtifact({ registered }: Run, { objects }: CheckReleaseDeps): Promise<string | undefined> {
  if (registered === undefined) return undefined;
  try {
    return (await objects.digest(registered.artifactUri)).sha256;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

async function isPolicyIntact({ policy }: Run, { documents }: CheckReleaseDeps): Promise<boolean> {
  if (policy === undefined) return false;
  try {
    await documents.read(policy);
    return true;
  } catch (error) {
    if (error instanceof DigestMismatch || error instanceof NotFound) return false;
    throw error;
  }
}
