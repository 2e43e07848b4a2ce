import type {
  DeletePipelineRequest,
  DescribePipelineRequest,
  DescribePipelineResponse,
  ListPipelinesRequest,
  ListPipelinesResponse,
  ListPipelineVersionsRequest,
  ListPipelineVersionsResponse,
  UpdatePipelineVersionRequest,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { page, sorted } from '../api/paging.ts';
import { resourceOfArn } from '../arns.ts';
import { ConflictException, ResourceNotFound } from '../errors.ts';
import type { Pipeline, PipelineExecution, PipelineVersion } from '../state/records.ts';
import type { World } from '../world.ts';
import { forgetTags } from './tags.ts';

export function describePipeline(
  world: World,
  request: Checked<DescribePipelineRequest>,
): Checked<DescribePipelineResponse> {
  const pipeline = findPipeline(world, request.PipelineName);
  const version = versionOf(pipeline, request.PipelineVersionId);
  return {
    ...pipeline,
    // Users of Studio only are shown.
    CreatedBy: {},
    LastModifiedBy: {},
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
  savePipeline(world, { ...pipeline, versions: pipeline.versions.map((each) => (each === before ? changed : each)) });
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
  savePipeline(world, { ...pipeline, LastRunTime: at });
}

export function latestVersion(pipeline: Pipeline): PipelineVersion {
  const latest = pipeline.versions.at(-1);
  if (latest === undefined) throw new ResourceNotFound(`Pipeline '${pipeline.PipelineArn}' has no version.`);
  return latest;
}

/** Pipeline names differ in more than case. */
export function pipelineNamed(world: World, nameOrArn: string): Pipeline | undefined {
  const arn = world.arns.named('pipeline', nameOrArn).toLowerCase();
  const pipeline = world.store.pipelines.get(resourceOfArn(arn));
  return pipeline?.PipelineArn.toLowerCase() === arn ? pipeline : undefined;
}

export function savePipeline(world: World, pipeline: Pipeline): Pipeline {
  return world.store.pipelines.put(pipeline.PipelineName.toLowerCase(), pipeline);
}
