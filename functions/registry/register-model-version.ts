import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { readCsvRows } from '../../shared/adapters/csv-rows.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { type BuildBaselineDeps, buildBaseline } from '../../shared/application/build-baseline.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { enterStage } from '../../shared/application/enter-stage.ts';
import { together } from '../../shared/application/in-parallel.ts';
import { type DescribeVersionDeps, registerVersion } from '../../shared/application/register-version.ts';
import { sha256Hex } from '../../shared/domain/canonical-json.ts';
import { MAX_GOLDEN_BYTES, parseGoldenAnswers } from '../../shared/domain/compare-golden-answers.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import type { DocumentReference } from '../../shared/domain/identifiers.ts';
import type { RegisteredVersion, Run, Training } from '../../shared/domain/run.ts';
import { Reasons, WhichRun } from '../../shared/domain/run-end.ts';
import { approvedUriOf, goldenAnswersUriOf, outputUriOf } from '../../shared/domain/run-places.ts';
import type { ObjectStore } from '../../shared/ports/documents.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type RegisterModelVersionDeps = DescribeVersionDeps &
  BuildBaselineDeps & {
    runs: Pick<Runs, 'get' | 'update'>;
    timeline: Pick<Timeline, 'record'>;
    objects: Pick<ObjectStore, 'head' | 'find' | 'stream' | 'digest' | 'copy'>;
    now: () => string;
  };

const Registration = z.object({ outcome: z.enum(['registered', 'blocked']), reasons: Reasons });
type Registration = z.infer<typeof Registration>;

/** State `RegisterModelVersion` of model-lifecycle. */
export const step = defineStep({ input: WhichRun, output: Registration, run: registerModelVersion });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  documents: s3Documents(environment),
  objects: s3ObjectStore(),
  readRows: readCsvRows,
  registry: sagemakerModelRegistry(),
  onboarding: onboardingRecords(environment),
  stage: environment,
  now: systemTime,
}));

async function registerModelVersion(input: WhichRun, deps: RegisterModelVersionDeps): Promise<Registration> {
  const run = await currentRun(deps.runs, input);
  if (run.registered !== undefined) return { outcome: 'registered', reasons: [] };
  const { training, artifactSha256 } = run;
  if (training?.artifactUri === undefined || artifactSha256 === undefined)
    throw new ContractBroken(`Run ${run.runId} was not judged, so it can't be registered. Look at its timeline.`);
  await enterStage(deps.runs, run, 'registering', deps.now());

  const [golden, baseline] = await together([
    readGoldenAnswers(run, training, deps),
    buildBaseline(run, training, deps),
  ]);
  if ('problem' in golden) return { outcome: 'blocked', reasons: [golden.problem] };
  if ('problem' in baseline) return { outcome: 'blocked', reasons: [baseline.problem] };
  const artifactUri = await keepApprovedBytes(training.artifactUri, artifactSha256, deps);
  if (artifactUri === undefined) {
    const reason = `The model artifact ${training.artifactUri} is not the one that was judged: its digest differs. Push again to train a new one.`;
    return { outcome: 'blocked', reasons: [reason] };
  }
  const artifact = {
    training,
    artifactUri,
    artifactSha256,
    ...(baseline.reference && { baseline: baseline.reference }),
  };
  const { version, image } = await registerVersion(run, artifact, deps);
  const registered: RegisteredVersion = {
    modelPackageArn: version.modelPackageArn,
    version: version.version,
    artifactUri,
    artifactSha256,
    image,
    goldenAnswers: golden.reference,
    ...(baseline.reference && { baseline: baseline.reference }),
  };
  const withVersion = await deps.runs.update(run.runId, { registered }, deps.now());
  await deps.timeline.record(
    describeEvent(run.runId, 'version-registered', deps.now(), {
      summary: `Version ${version.version} was registered and waits for approval.`,
      detail: { version: version.version, modelPackageArn: version.modelPackageArn, artifactSha256, image },
    }),
    withVersion,
  );
  return { outcome: 'registered', reasons: [] };
}

/** Copies the artifact to where registration alone may write, and hashes what arrived: only these bytes are ever deployed. */
async function keepApprovedBytes(
  from: string,
  artifactSha256: string,
  { objects, stage }: RegisterModelVersionDeps,
): Promise<string | undefined> {
  const uri = approvedUriOf(stage.bucket, artifactSha256);
  if ((await objects.head(uri)) !== undefined && (await objects.digest(uri)).sha256 === artifactSha256) return uri;
  const judged = await objects.digest(from);
  if (judged.sha256 !== artifactSha256) return undefined;
  await objects.copy({ uri: from, versionId: judged.versionId }, uri);
  return (await objects.digest(uri)).sha256 === artifactSha256 ? uri : undefined;
}

async function readGoldenAnswers(
  run: Run,
  training: Training,
  { objects, stage }: RegisterModelVersionDeps,
): Promise<{ reference: DocumentReference } | { problem: string }> {
  const uri = goldenAnswersUriOf(outputUriOf(stage.bucket, run.runId, training.number));
  const found = await objects.find(uri, MAX_GOLDEN_BYTES);
  if (found === undefined) {
    return {
      problem:
        'golden-answers.jsonl is missing: postprocess must leave it in the output `postprocess`, which goes to OutputUri/postprocess.',
    };
  }
  if ('sizeBytes' in found) {
    return {
      problem: `golden-answers.jsonl has ${found.sizeBytes} bytes; at most ${MAX_GOLDEN_BYTES} are read. Choose fewer golden inputs.`,
    };
  }
  const { bytes, versionId } = found;
  const parsed = parseGoldenAnswers(bytes);
  return 'problem' in parsed ? parsed : { reference: { uri, versionId, sha256: sha256Hex(bytes) } };
}
