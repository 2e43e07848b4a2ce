import type { SealedBaseline } from '../domain/drift/baseline.ts';
import { ContractBroken, DigestMismatch, NotFound } from '../domain/faults.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import type { RegisteredVersion, Run } from '../domain/run.ts';
import type { Documents } from '../ports/documents.ts';
import type { ModelRegistry } from '../ports/sagemaker.ts';
import { readBaseline } from './read-baseline.ts';

export type LoadBaselineDeps = {
  documents: Pick<Documents, 'read'>;
  registry: Pick<ModelRegistry, 'describe'>;
};

/** The property of a model package that names its baseline's bytes. */
export const BASELINE_PROPERTY = 'mlops:baseline-sha256';

type Loaded = { sealed: SealedBaseline; reference: DocumentReference };

/**
 * The baseline of a run's version, or a sentence that says why it can't be trusted: it is missing, of another model, or no longer
 * what the model registry says.
 */
export async function loadBaseline(run: Run, deps: LoadBaselineDeps): Promise<Loaded | { problem: string }> {
  const { registered } = run;
  const reference = registered?.baseline;
  if (registered === undefined || reference === undefined) {
    return {
      problem: `Version ${registered?.version ?? 0} of ${run.model} was registered without a baseline, so there is nothing to compare with. Let postprocess leave training-sample.csv and push again.`,
    };
  }
  const read = await tryToRead(reference, run, deps);
  if ('problem' in read) return read;
  const problem = findMismatch(read.sealed, run, registered, await propertyOf(registered, deps));
  return problem === undefined ? { sealed: read.sealed, reference } : { problem };
}

async function tryToRead(
  reference: DocumentReference,
  run: Run,
  { documents }: LoadBaselineDeps,
): Promise<{ sealed: SealedBaseline } | { problem: string }> {
  try {
    return { sealed: await readBaseline(documents, reference, `The baseline of run ${run.runId}`) };
  } catch (error) {
    if (error instanceof DigestMismatch)
      return { problem: `The baseline ${reference.uri} was changed: ${error.message}` };
    if (error instanceof NotFound) return { problem: `The baseline is gone: ${error.message}` };
    if (error instanceof ContractBroken) return { problem: error.message };
    throw error;
  }
}

async function propertyOf(
  { modelPackageArn }: RegisteredVersion,
  { registry }: LoadBaselineDeps,
): Promise<string | undefined> {
  return (await registry.describe(modelPackageArn)).properties[BASELINE_PROPERTY];
}

function findMismatch(
  { baseline, sha256 }: SealedBaseline,
  run: Run,
  { version }: RegisteredVersion,
  registeredSha256: string | undefined,
): string | undefined {
  if (baseline.model !== run.model)
    return `The baseline of version ${version} was made for ${baseline.model ?? 'a model that it does not name'}, not for ${run.model}.`;
  if (registeredSha256 !== sha256)
    return `The model registry says that version ${version} of ${run.model} has the baseline ${registeredSha256 ?? '(none)'}; the recorded one is ${sha256}.`;
  return undefined;
}
