import { digestOf } from '../domain/canonical-json.ts';
import { captureUriOf, VARIANT } from '../domain/capture-place.ts';
import type { Release } from '../domain/deployment.ts';
import { ContractBroken } from '../domain/faults.ts';
import { digestNameOf } from '../domain/names.ts';
import type { Run } from '../domain/run.ts';
import { takesVolumeKey } from '../domain/volume-encryption.ts';
import type { Documents } from '../ports/documents.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Hosting } from '../ports/sagemaker.ts';
import type { Stage } from '../ports/stage.ts';
import { readPolicy } from './read-run-documents.ts';

export type PrepareReleaseDeps = {
  documents: Pick<Documents, 'read'>;
  hosting: Pick<Hosting, 'ensureModel' | 'ensureConfig'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  stage: Pick<Stage, 'stage' | 'keyArn' | 'captureBucket' | 'captureKeyArn' | 'network' | 'tags'>;
  now: () => string;
};

/** Makes SageMaker's model and endpoint configuration of a version in one environment; both are named by what defines them. */
export async function prepareRelease(
  run: Run,
  environment: string,
  deps: PrepareReleaseDeps,
): Promise<{ release: Release; tags: Record<string, string> }> {
  const { hosting, stage } = deps;
  const { registered } = run;
  const record = deps.onboarding.ofModel(run.model);
  const policy = await readPolicy(deps.documents, run);
  const wanted = policy.environments.find(({ name }) => name === environment);
  if (registered === undefined || record === undefined || wanted === undefined)
    throw new ContractBroken(
      `Run ${run.runId} can't be rolled out to ${environment}: version, onboarding record or environment is missing.`,
    );
  const { modelPackageArn, artifactSha256, image } = registered;
  const tags = { ...stage.tags, model: run.model, environment };

  const served = { modelPackageArn, artifactSha256, image, roleArn: record.roles.serving, network: stage.network };
  const modelName = digestNameOf(stage.stage, run.model, digestOf(served));
  await hosting.ensureModel({
    name: modelName,
    modelPackageArn,
    roleArn: record.roles.serving,
    network: stage.network,
    tags,
  });

  const defined = {
    modelName,
    variantName: VARIANT,
    instanceType: wanted.instanceType,
    instanceCount: wanted.instanceCount,
    ...(takesVolumeKey(wanted.instanceType) && { kmsKeyArn: stage.keyArn }),
    ...(wanted.capture && {
      capture: {
        percent: wanted.capture.percent,
        destinationUri: captureUriOf(stage.captureBucket, wanted.capture, run.model, environment),
        kmsKeyArn: stage.captureKeyArn,
      },
    }),
  };
  const endpointConfigName = digestNameOf(stage.stage, run.model, digestOf({ environment, ...defined }));
  await hosting.ensureConfig({ name: endpointConfigName, ...defined, tags });
  const release: Release = {
    runId: run.runId,
    sequence: run.sequence,
    version: registered.version,
    modelPackageArn,
    artifactSha256,
    artifactUri: registered.artifactUri,
    commit: run.commit,
    modelName,
    endpointConfigName,
    at: deps.now(),
  };
  return { release, tags };
}
