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
  return findReleaseProblems(run, {
    review: run.reviewId === undefined ? undefined : await deps.reviews.find(run.reviewId),
    version: run.registered && (await deps.registry.describe(run.registered.modelPackageArn)),
    artifactSha256: await digestOfArtifact(run, deps),
    policyIsIntact: await isPolicyIntact(run, deps),
    record: deps.onboarding.ofModel(run.model),
    environment,
  });
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
