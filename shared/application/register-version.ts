import { customerMetadataOf } from '../domain/customer-metadata.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import { modelCardOf } from '../domain/model-card.ts';
import { packageGroupNameOf } from '../domain/names.ts';
import type { Run, Training } from '../domain/run.ts';
import { runPageOf } from '../domain/run-places.ts';
import type { Documents } from '../ports/documents.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { ModelRegistry, ModelVersion } from '../ports/sagemaker.ts';
import type { Stage } from '../ports/stage.ts';
import { together } from './in-parallel.ts';
import { BASELINE_PROPERTY } from './load-baseline.ts';
import { readPolicy, readVerdict } from './read-run-documents.ts';

export type DescribeVersionDeps = {
  documents: Pick<Documents, 'read'>;
  registry: Pick<ModelRegistry, 'ensureGroup' | 'register'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  stage: Pick<Stage, 'stage' | 'bucket' | 'tags' | 'publicUrl'>;
};

type Artifact = {
  training: Training;
  artifactUri: string;
  artifactSha256: string;
  baseline?: DocumentReference;
};

/** SageMaker's serving containers for scikit-learn read the entry point from these (script mode). */
const SERVING_ENVIRONMENT = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };

/** Registers the candidate as a version that waits for approval, with all that tells where it came from. */
export async function registerVersion(
  run: Run,
  artifact: Artifact,
  { documents, registry, onboarding, stage }: DescribeVersionDeps,
): Promise<{ version: ModelVersion; image: string }> {
  const record = onboarding.ofModel(run.model);
  if (record === undefined)
    throw new ContractBroken(`${run.model} is not onboarded any more. Add its record and retry.`);
  if (run.report === undefined)
    throw new ContractBroken(`Run ${run.runId} has no evaluation report, so it can't be registered.`);
  const group = packageGroupNameOf(stage.stage, run.model);
  const image = record.images.inference;
  const [policy, verdict] = await together([
    readPolicy(documents, run),
    readVerdict(documents, run),
    registry.ensureGroup(group, `Versions of ${run.model}`, { ...stage.tags, model: run.model }),
  ]);
  const version = await registry.register({
    group,
    runId: run.runId,
    acceptedAt: run.acceptedAt,
    // At most 36 letters, digits and hyphens.
    clientToken: `run-${run.runId}`,
    description: `${run.model} from ${run.projectPath} at ${run.commit.slice(0, 12)}, run ${run.runId}`,
    image,
    artifactUri: artifact.artifactUri,
    environment: SERVING_ENVIRONMENT,
    contentTypes: ['text/csv', 'application/json'],
    responseTypes: ['application/json', 'text/csv'],
    instanceTypes: [...new Set(policy.environments.map(({ instanceType }) => instanceType))],
    reportUri: run.report.uri,
    reportSha256: run.report.sha256,
    ...(artifact.baseline && { baseline: artifact.baseline }),
    commit: run.commit,
    repository: run.projectPath,
    projectId: String(run.projectId),
    properties: propertiesOf(run, artifact, image),
    modelCard: modelCardOf({
      createdBy: `${run.commitAuthor.name} (commit author)`,
      artifactUri: artifact.artifactUri,
      riskTier: policy.riskTier,
      verdict,
      reportUri: run.report.uri,
      data: policy.data.map(({ uri }) => uri),
      ...(artifact.training.trainingJobArn !== undefined && { trainingJobArn: artifact.training.trainingJobArn }),
      details: { run: runPageOf(stage.publicUrl, run), ...propertiesOf(run, artifact, image) },
    }),
  });
  return { version, image };
}

/** What a later look at the registry alone must be able to tell. Each step that deploys compares with these again. */
function propertiesOf(
  run: Run,
  { training, artifactSha256, baseline }: Artifact,
  image: string,
): Record<string, string> {
  return customerMetadataOf({
    'mlops:run': run.runId,
    'mlops:project': run.projectPath,
    'mlops:project-id': run.projectId,
    'mlops:pipeline-id': run.pipelineId,
    'mlops:commit': run.commit,
    'mlops:sequence': run.sequence,
    'mlops:policy-sha256': run.policySha256,
    'mlops:bundle-digest': run.bundleDigest,
    'mlops:data-digest': run.dataDigest,
    'mlops:artifact-sha256': artifactSha256,
    'mlops:report-sha256': run.report?.sha256,
    'mlops:verdict-sha256': run.verdict?.sha256,
    [BASELINE_PROPERTY]: baseline?.sha256,
    'mlops:image': image,
    'mlops:training-job': training.trainingJobArn,
  });
}
