import type {
  CreatePipelineRequest,
  DeletePipelineRequest,
  DescribePipelineRequest,
  DescribePipelineResponse,
  ListPipelinesRequest,
  ListPipelinesResponse,
  ListPipelineVersionsRequest,
  ListPipelineVersionsResponse,
  PipelineDefinitionS3Location,
  UpdatePipelineRequest,
  UpdatePipelineVersionRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked, CheckedWithToken } from '../api/checked.ts';
import { page, sorted } from '../api/paging.ts';
import { resourceOfArn } from '../arns.ts';
import { ObjectUnavailable } from '../aws/object-store.ts';
import { ConflictException, ResourceNotFound, ValidationException } from '../errors.ts';
import { requireSoundDefinition } from '../pipelines/check-definition.ts';
import type { Pipeline, PipelineExecution, PipelineVersion } from '../state/records.ts';
import type { World } from '../world.ts';
import { forgetTags, setTags } from './tags.ts';

type DefinitionSource = {
  PipelineDefinition?: string | undefined;
  PipelineDefinitionS3Location?: Checked<PipelineDefinitionS3Location> | undefined;
};

export async function createPipeline(
  world: World,
  request: CheckedWithToken<CreatePipelineRequest>,
): Promise<{ PipelineArn: string }> {
  const existing = pipelineNamed(world, request.PipelineName);
  if (existing !== undefined && existing.createToken === request.ClientRequestToken)
    return { PipelineArn: existing.PipelineArn };
  if (existing !== undefined) {
    throw new ValidationException(
      `Pipeline names must be unique within an AWS account and region. Pipeline with name (${request.PipelineName}) already exists.`,
    );
  }
  const definition = await definitionOf(world, request);
  if (definition === undefined)
    throw new ValidationException('Give PipelineDefinition or PipelineDefinitionS3Location.');
  requireSoundDefinition(world.model, definition);
  const at = world.now();
  const arn = world.arns.of('pipeline', request.PipelineName);
  setTags(world, arn, request.Tags);
  save(world, {
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

/** A changed definition makes a new version. */
export async function updatePipeline(
  world: World,
  request: Checked<UpdatePipelineRequest>,
): Promise<{ PipelineArn: string; PipelineVersionId: number }> {
  const pipeline = findPipeline(world, request.PipelineName);
  const definition = await definitionOf(world, request);
  const at = world.now();
  const latest = latestVersion(pipeline);
  const versions = [...pipeline.versions];
  if (definition !== undefined) {
    requireSoundDefinition(world.model, definition);
    versions.push({ id: latest.id + 1, definition, createdAt: at });
  }
  const updated = save(world, {
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

export function describePipeline(
  world: World,
  request: Checked<DescribePipelineRequest>,
): Checked<DescribePipelineResponse> {
  const pipeline = findPipeline(world, request.PipelineName);
  const version = versionOf(pipeline, request.PipelineVersionId);
  return {
    ...pipeline,
    PipelineDefinition: version.definition,
    PipelineVersionDisplayName: version.displayName,
    PipelineVersionDescription: version.description,
  };
}

export function deletePipeline(world: World, request: Checked<DeletePipelineRequest>): { PipelineArn: string } {
  const pipeline = findPipeline(world, request.PipelineName);
  const open = world.store.executions
    .all()
    .find(
      (execution) =>
        execution.pipelineArn === pipeline.PipelineArn && ['Executing', 'Stopping'].includes(execution.status),
    );
  if (open !== undefined) {
    throw new ConflictException(
      `The pipeline ${pipeline.PipelineArn} still has the running execution ${open.arn}: stop it first.`,
    );
  }
  for (const execution of world.store.executions.all()) {
    if (execution.pipelineArn === pipeline.PipelineArn) world.store.executions.delete(execution.arn);
  }
  world.store.pipelines.delete(pipeline.PipelineName.toLowerCase());
  forgetTags(world, pipeline.PipelineArn);
  return { PipelineArn: pipeline.PipelineArn };
}

export function listPipelines(world: World, request: Checked<ListPipelinesRequest>): Checked<ListPipelinesResponse> {
  const { PipelineNamePrefix: prefix, CreatedAfter: after, CreatedBefore: before } = request;
  const found = world.store.pipelines
    .all()
    .filter((pipeline) => prefix === undefined || pipeline.PipelineName.startsWith(prefix))
    .filter(
      (pipeline) =>
        (after === undefined || pipeline.CreationTime > after) &&
        (before === undefined || pipeline.CreationTime < before),
    );
  const list = sorted(
    found,
    ({ PipelineName: name, CreationTime }) => [request.SortBy === 'Name' ? name : CreationTime.getTime(), name],
    request.SortOrder !== 'Ascending',
  );
  const { items, ...next } = page(list, request);
  return {
    PipelineSummaries: items.map((pipeline) => ({ ...pipeline, LastExecutionTime: pipeline.LastRunTime })),
    ...next,
  };
}

/** The newest first unless asked otherwise. */
export function listPipelineVersions(
  world: World,
  request: Checked<ListPipelineVersionsRequest>,
): Checked<ListPipelineVersionsResponse> {
  const { PipelineArn, versions } = findPipeline(world, request.PipelineName);
  const { CreatedAfter: after, CreatedBefore: before } = request;
  const list = sorted(
    versions.filter(
      ({ createdAt }) => (after === undefined || createdAt > after) && (before === undefined || createdAt < before),
    ),
    ({ id }) => [id, ''],
    request.SortOrder !== 'Ascending',
  );
  const { items, ...next } = page(list, request);
  const PipelineVersionSummaries = items.map((version) => ({
    PipelineArn,
    PipelineVersionId: version.id,
    CreationTime: version.createdAt,
    PipelineVersionDisplayName: version.displayName,
    PipelineVersionDescription: version.description,
    LastExecutionPipelineExecutionArn: lastExecutionOf(world, PipelineArn, version.id),
  }));
  return { PipelineVersionSummaries, ...next };
}

export function updatePipelineVersion(
  world: World,
  request: Checked<UpdatePipelineVersionRequest>,
): { PipelineArn: string; PipelineVersionId: number } {
  const pipeline = findPipeline(world, request.PipelineArn);
  const before = versionOf(pipeline, request.PipelineVersionId);
  const { PipelineVersionDisplayName: displayName, PipelineVersionDescription: description } = request;
  const changed = {
    ...before,
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
  };
  save(world, { ...pipeline, versions: pipeline.versions.map((each) => (each === before ? changed : each)) });
  return { PipelineArn: pipeline.PipelineArn, PipelineVersionId: before.id };
}

function lastExecutionOf(world: World, pipelineArn: string, version: number): string | undefined {
  return world.store.executions
    .all()
    .filter((execution) => execution.pipelineArn === pipelineArn && execution.versionId === version)
    .reduce<PipelineExecution | undefined>(
      (last, execution) => (last === undefined || execution.createdAt >= last.createdAt ? execution : last),
      undefined,
    )?.arn;
}

/** By name or ARN. @throws ResourceNotFound */
export function findPipeline(world: World, nameOrArn: string): Pipeline {
  const pipeline = pipelineNamed(world, nameOrArn);
  if (pipeline === undefined) {
    throw new ResourceNotFound(`Pipeline '${world.arns.named('pipeline', nameOrArn)}' does not exist.`);
  }
  return pipeline;
}

export function versionOf(pipeline: Pipeline, id: number | undefined): PipelineVersion {
  if (id === undefined) return latestVersion(pipeline);
  const version = pipeline.versions.find((candidate) => candidate.id === id);
  if (version === undefined) throw new ResourceNotFound(`Pipeline '${pipeline.PipelineArn}' has no version ${id}.`);
  return version;
}

export function notePipelineRun(world: World, pipeline: Pipeline, at: Date): void {
  save(world, { ...pipeline, LastRunTime: at });
}

function latestVersion(pipeline: Pipeline): PipelineVersion {
  const latest = pipeline.versions.at(-1);
  if (latest === undefined) throw new ResourceNotFound(`Pipeline '${pipeline.PipelineArn}' has no version.`);
  return latest;
}

/** Pipeline names differ in more than case. */
function pipelineNamed(world: World, nameOrArn: string): Pipeline | undefined {
  const arn = world.arns.named('pipeline', nameOrArn).toLowerCase();
  const pipeline = world.store.pipelines.get(resourceOfArn(arn));
  return pipeline?.PipelineArn.toLowerCase() === arn ? pipeline : undefined;
}

function save(world: World, pipeline: Pipeline): Pipeline {
  return world.store.pipelines.put(pipeline.PipelineName.toLowerCase(), pipeline);
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
