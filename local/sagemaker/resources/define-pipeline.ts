import type {
  CreatePipelineRequest,
  PipelineDefinitionS3Location,
  UpdatePipelineRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked, CheckedWithToken } from '../api/checked.ts';
import { ObjectUnavailable } from '../aws/object-store.ts';
import { ValidationException } from '../errors.ts';
import { requireSoundDefinition } from '../pipelines/check-definition.ts';
import type { Pipeline } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPipeline, latestVersion, pipelineNamed, savePipeline } from './pipeline.ts';
import { setTags } from './tags.ts';

type DefinitionSource = {
  PipelineDefinition?: string | undefined;
  PipelineDefinitionS3Location?: Checked<PipelineDefinitionS3Location> | undefined;
};

export async function createPipeline(
  world: World,
  request: CheckedWithToken<CreatePipelineRequest>,
): Promise<{ PipelineArn: string }> {
  const already = alreadyCreated(world, request);
  if (already !== undefined) return { PipelineArn: already.PipelineArn };
  const definition = await definitionOf(world, request);
  if (definition === undefined)
    throw new ValidationException('Give PipelineDefinition or PipelineDefinitionS3Location.');
  requireSoundDefinition(world.model, definition);
  const meanwhile = alreadyCreated(world, request);
  if (meanwhile !== undefined) return { PipelineArn: meanwhile.PipelineArn };
  const at = world.now();
  const arn = world.arns.of('pipeline', request.PipelineName);
  setTags(world, arn, request.Tags);
  savePipeline(world, {
    PipelineName: request.PipelineName,
    PipelineArn: arn,
    PipelineDisplayName: request.PipelineDisplayName ?? request.PipelineName,
    PipelineDescription: request.PipelineDescription,
    RoleArn: request.RoleArn,
    PipelineStatus: 'Active',
    CreationTime: at,
    LastModifiedTime: at,
    ParallelismConfiguration: request.ParallelismConfiguration,
    versions: [{ id: 1, definition, createdAt: at }],
    createToken: request.ClientRequestToken,
  });
  return { PipelineArn: arn };
}

/** The pipeline that this very request created before. @throws ValidationException if another one did */
function alreadyCreated(world: World, request: CheckedWithToken<CreatePipelineRequest>): Pipeline | undefined {
  const existing = pipelineNamed(world, request.PipelineName);
  if (existing === undefined || existing.createToken === request.ClientRequestToken) return existing;
  throw new ValidationException(
    `Pipeline names must be unique within an AWS account and region. Pipeline with name (${request.PipelineName}) already exists.`,
  );
}

/** A changed definition makes a new version. */
export async function updatePipeline(
  world: World,
  request: Checked<UpdatePipelineRequest>,
): Promise<{ PipelineArn: string; PipelineVersionId: number }> {
  findPipeline(world, request.PipelineName);
  const definition = await definitionOf(world, request);
  const pipeline = findPipeline(world, request.PipelineName); // As it is now: another request may have changed it.
  const at = world.now();
  const latest = latestVersion(pipeline);
  const versions = [...pipeline.versions];
  if (definition !== undefined) {
    requireSoundDefinition(world.model, definition);
    versions.push({ id: latest.id + 1, definition, createdAt: at });
  }
  const updated = savePipeline(world, {
    ...pipeline,
    PipelineDisplayName: request.PipelineDisplayName ?? pipeline.PipelineDisplayName,
    PipelineDescription: request.PipelineDescription ?? pipeline.PipelineDescription,
    RoleArn: request.RoleArn ?? pipeline.RoleArn,
    ParallelismConfiguration: request.ParallelismConfiguration ?? pipeline.ParallelismConfiguration,
    LastModifiedTime: at,
    versions,
  });
  return { PipelineArn: pipeline.PipelineArn, PipelineVersionId: latestVersion(updated).id };
}

async function definitionOf(world: World, request: DefinitionSource): Promise<string | undefined> {
  const { PipelineDefinition: inline, PipelineDefinitionS3Location: location } = request;
  if (inline !== undefined && location !== undefined) {
    throw new ValidationException('Give either PipelineDefinition or PipelineDefinitionS3Location, not both.');
  }
  if (location === undefined) return inline;
  try {
    return await world.objects.readText(`s3://${location.Bucket}/${location.ObjectKey}`, location.VersionId);
  } catch (error) {
    if (!(error instanceof ObjectUnavailable)) throw error;
    throw new ValidationException(`The pipeline definition can't be read from S3. ${error.message}`, { cause: error });
  }
}
