import { canonicalJson, digestOf } from '../domain/canonical-json.ts';
import { ContractBroken } from '../domain/faults.ts';
import { fenceDefinition } from '../domain/fence-definition.ts';
import { pipelineNameOf, trainingTokenOf } from '../domain/names.ts';
import { pipelineParametersOf } from '../domain/pipeline-parameters.ts';
import type { Run } from '../domain/run.ts';
import { displayNameOf, noChampionUriOf, outputUriOf } from '../domain/run-places.ts';
import type { Documents, ObjectStore } from '../ports/documents.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { TrainingPipelines } from '../ports/sagemaker.ts';
import type { Stage } from '../ports/stage.ts';
import { together } from './in-parallel.ts';
import { readDefinition, readPolicy } from './read-run-documents.ts';

export type SubmitPipelineDeps = {
  documents: Pick<Documents, 'read'>;
  objects: Pick<ObjectStore, 'list' | 'digest' | 'putOnce'>;
  pipelines: Pick<TrainingPipelines, 'ensure' | 'start'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  stage: Pick<Stage, 'stage' | 'bucket' | 'keyArn' | 'network' | 'tags'>;
};

/** Starts one training of a run against its champion, once: the pipeline is named by its digest, the execution has a token of its own. */
export async function submitPipeline(run: Run, number: number, deps: SubmitPipelineDeps): Promise<{ arn: string }> {
  const { stage, documents } = deps;
  const record = deps.onboarding.ofModel(run.model);
  if (record === undefined)
    throw new ContractBroken(`${run.model} is not onboarded any more. Add its record and retry.`);
  const [policy, written, championUri] = await together([
    readPolicy(documents, run),
    readDefinition(documents, run),
    run.champion?.artifactUri ?? nothingLive(deps),
  ]);
  const parameters = pipelineParametersOf({
    definition: written,
    policy,
    codeUri: run.codeUri ?? '',
    data: policy.data,
    outputUri: outputUriOf(stage.bucket, run.runId, number),
    championUri,
    images: record.images,
  });
  const tags = { ...stage.tags, model: run.model };
  const fence = { roleArn: record.roles.training, network: stage.network, keyArn: stage.keyArn, tags };
  const definition = canonicalJson(fenceDefinition(written, fence, parameters));
  const roleArn = record.roles.pipeline;
  const pipelineName = pipelineNameOf(stage.stage, run.model, digestOf({ definition, roleArn }));
  const description = `Training of ${run.model}, fenced by the platform. Immutable: another definition is another pipeline.`;
  await deps.pipelines.ensure({ name: pipelineName, definition, roleArn, description, tags });
  return deps.pipelines.start({
    pipelineName,
    token: trainingTokenOf(run.runKey, number),
    displayName: displayNameOf(run.runId, number),
    description: `${run.projectPath} ${run.commit}, GitLab pipeline ${run.pipelineId}`,
    parameters,
  });
}

async function nothingLive({ objects, stage }: SubmitPipelineDeps): Promise<string> {
  const uri = noChampionUriOf(stage.bucket);
  await objects.putOnce(uri, new TextEncoder().encode('Nothing is live yet.\n'), 'text/plain');
  return uri;
}
