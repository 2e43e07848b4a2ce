import type { Baseline } from '../domain/drift/baseline.ts';
import { BaselineBuilder } from '../domain/drift/build-baseline.ts';
import { writeBaseline } from '../domain/drift/seal-baseline.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import type { Run, Training } from '../domain/run.ts';
import { outputUriOf, trainingSampleUrisOf } from '../domain/run-places.ts';
import { MAX_DESCRIPTION_BYTES, MAX_SAMPLE_BYTES, SampleDescription } from '../domain/training-sample.ts';
import type { Documents, ObjectStore } from '../ports/documents.ts';
import type { Stage } from '../ports/stage.ts';
import { readPolicy } from './read-run-documents.ts';

export type BuildBaselineDeps = {
  documents: Documents;
  objects: Pick<ObjectStore, 'head' | 'find' | 'stream'>;
  /** Rows of a CSV file, the header first. @throws ContractBroken */
  readRows: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<string[]>;
  stage: Pick<Stage, 'bucket'>;
};

/**
 * Makes `baseline.json` of the sample that postprocess left. A model whose policy doesn't watch drift needs none, and a sample
 * that can't be used is then no reason to stop.
 */
export async function buildBaseline(
  run: Run,
  training: Training,
  deps: BuildBaselineDeps,
): Promise<{ reference?: DocumentReference } | { problem: string }> {
  const built = await readBaseline(run, training, deps);
  if ('problem' in built) {
    const policy = await readPolicy(deps.documents, run);
    return policy.monitoring?.drift === undefined ? {} : built;
  }
  const text = writeBaseline(built.baseline);
  return { reference: await deps.documents.write(`documents/${run.runId}/baseline.json`, text, 'application/json') };
}

async function readBaseline(
  run: Run,
  training: Training,
  deps: BuildBaselineDeps,
): Promise<{ baseline: Baseline } | { problem: string }> {
  const uris = trainingSampleUrisOf(outputUriOf(deps.stage.bucket, run.runId, training.number));
  const [sample, description] = await Promise.all([
    deps.objects.head(uris.rows),
    readDescription(uris.description, deps),
  ]);
  if (sample === undefined || description === 'missing') {
    return {
      problem:
        'training-sample.csv or training-sample.json is missing, and the policy watches drift: postprocess must leave both in the output `postprocess`, which goes to OutputUri/postprocess.',
    };
  }
  if (description === 'broken') {
    return {
      problem:
        'training-sample.json is not {"prediction": "<column>" or null, "types": {"<column>": "numeric" or "categorical"}}.',
    };
  }
  if (sample.sizeBytes > MAX_SAMPLE_BYTES) {
    return {
      problem: `training-sample.csv has ${sample.sizeBytes} bytes; at most ${MAX_SAMPLE_BYTES} are read. Let postprocess write every n-th row.`,
    };
  }
  try {
    const baseline = (await readRows(uris.rows, sample.versionId, description, run.model, deps)).finish();
    return baseline.rows === 0 ? { problem: 'training-sample.csv has no row below its header.' } : { baseline };
  } catch (error) {
    if (error instanceof ContractBroken) return { problem: `training-sample.csv: ${error.message}` };
    throw error;
  }
}

async function readDescription(
  uri: string,
  { objects }: BuildBaselineDeps,
): Promise<SampleDescription | 'missing' | 'broken'> {
  const found = await objects.find(uri, MAX_DESCRIPTION_BYTES);
  if (found === undefined) return 'missing';
  if ('sizeBytes' in found) return 'broken';
  try {
    return SampleDescription.safeParse(JSON.parse(Buffer.from(found.bytes).toString())).data ?? 'broken';
  } catch {
    return 'broken';
  }
}

/** The header is the first row; a file without one has no rows either. */
async function readRows(
  uri: string,
  versionId: string,
  { prediction, types }: SampleDescription,
  model: string,
  { objects, readRows: rowsOf }: BuildBaselineDeps,
): Promise<BaselineBuilder> {
  let builder: BaselineBuilder | undefined;
  for await (const row of rowsOf(await objects.stream(uri, versionId))) {
    if (builder !== undefined) builder.addRow(row);
    else builder = new BaselineBuilder(row, { types, model, ...(prediction !== null && { prediction }) });
  }
  if (builder === undefined) throw new ContractBroken('It is empty.');
  return builder;
}
