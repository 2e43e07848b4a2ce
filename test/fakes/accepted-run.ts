import { readFileSync } from 'node:fs';
import { resolveData } from '../../shared/application/resolve-data.ts';
import { bundleDigestOf } from '../../shared/domain/bundle-digest.ts';
import { canonicalJson, digestOf, sha256Hex } from '../../shared/domain/canonical-json.ts';
import { Policy } from '../../shared/domain/policy.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { Stage } from '../../shared/ports/stage.ts';
import { type FakeDocuments, fakeDocuments } from './documents.ts';
import { type FakeObjectStore, fakeObjectStore } from './object-store.ts';
import { sampleRun } from './sample-records.ts';

export const BUCKET = 'mlops-test';
export const DATA_URI = 's3://mlops-data-test/flight-delays/';

export const testStage: Stage = {
  stage: 'test',
  bucket: BUCKET,
  keyArn: 'arn:aws:kms:eu-central-1:000000000000:key/test',
  captureBucket: 'mlops-test-capture',
  captureKeyArn: 'arn:aws:kms:eu-central-1:000000000000:key/capture',
  publicUrl: 'https://mlops.example.com',
  network: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'], isolation: false },
  tags: { application: 'mlops', stage: 'test' },
};

const samplePolicy = Policy.parse({
  apiVersion: 'mlops/v1',
  model: 'flight-delays',
  data: [{ name: 'flights', uri: DATA_URI }],
  pipeline: { definition: 'pipeline.json', parameters: { TrainingInstanceType: 'ml.m5.large' } },
  evaluation: { gates: [{ metric: 'binary_classification_metrics.auc.value', min: 0.7 }] },
  approval: { stewards: { group: 'ml-stewards' } },
  environments: [
    { name: 'dev', instanceType: 'ml.t2.medium' },
    { name: 'qa', instanceType: 'ml.t2.medium' },
    { name: 'prod', instanceType: 'ml.m5.large', instanceCount: 2 },
  ],
  smokeTest: { tolerance: 0.001, latencyP95Ms: 250 },
});

const CODE = { 'train.py': 'print("train")\n', 'inference.py': 'print("answer")\n' };

type AcceptedRun = { run: Run; documents: FakeDocuments; objects: FakeObjectStore };

/** A run as acceptance leaves it, with its documents, its verified code and its data; `changes` go into the run. */
export async function acceptedRun(changes: Partial<Run> = {}, policy: Policy = samplePolicy): Promise<AcceptedRun> {
  const documents = fakeDocuments(BUCKET);
  const objects = fakeObjectStore();
  objects.put(`${DATA_URI}flights-2013-q1.csv.gz`, 'data');
  const bundleDigest = bundleDigestOf(
    Object.fromEntries(Object.entries(CODE).map(([path, text]) => [path, sha256Hex(text)])),
  );
  const codeUri = `s3://${BUCKET}/code/${bundleDigest}`;
  for (const [path, text] of Object.entries(CODE)) objects.put(`${codeUri}/${path}`, text);
  const resolved = await resolveData(policy.data, objects);
  if ('problems' in resolved) throw new Error(resolved.problems.join(' '));
  const definition = readFileSync('ml/flight-delays/pipeline.json', 'utf8');
  const run = sampleRun({
    policy: await documents.write('documents/policy.json', canonicalJson(policy), 'application/json'),
    policySha256: digestOf(policy),
    definition: await documents.write('documents/definition.json', definition, 'application/json'),
    data: await documents.write('documents/data.json', canonicalJson(resolved.data), 'application/json'),
    dataDigest: digestOf(resolved.data),
    codeUri,
    bundleDigest,
    environments: policy.environments.map(({ name }) => name),
    ...changes,
  });
  return { run, documents, objects };
}
