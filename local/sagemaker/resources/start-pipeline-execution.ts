import type { StartPipelineExecutionRequest } from '@aws-sdk/client-sagemaker';
import type { CheckedWithToken } from '../api/checked.ts';
import { ConflictException, ValidationException } from '../errors.ts';
import { withExperiment } from '../pipelines/experiment.ts';
import { parametersFor } from '../pipelines/parameters.ts';
import { planOf } from '../pipelines/plan-of.ts';
import { stepsTakenOver } from '../pipelines/selection.ts';
import type { Pipeline, PipelineExecution } from '../state/records.ts';
import type { World } from '../world.ts';
import { findPipeline, notePipelineRun, versionOf } from './pipeline.ts';
import { findExecution } from './pipeline-execution.ts';

const EXECUTION_ID_LENGTH = 12;
type ExecutionArn = { PipelineExecutionArn: string };
type Request = CheckedWithToken<StartPipelineExecutionRequest>;

/** Starts once per token: a repeated request answers the same execution, another request with that token is a conflict. */
export async function startPipelineExecution(world: World, request: Request): Promise<ExecutionArn> {
  const pipeline = findPipeline(world, request.PipelineName);
  const former = startedWith(world, pipeline, request);
  if (former !== undefined) return { PipelineExecutionArn: former.arn };
  const version = versionOf(pipeline, request.PipelineVersionId);
  const plan = planOf(version.definition);
  const parameters = parametersFor(plan.parameters, request.PipelineParameters ?? []);
  const selection = request.SelectiveExecutionConfig;
  const source = sourceOf(world, pipeline.PipelineArn, selection?.SourcePipelineExecutionArn);
  const steps = selection === undefined ? [] : stepsTakenOver(plan.steps, selection, source);
  const at = world.now();
  const id = world.newId(EXECUTION_ID_LENGTH);
  const maxParallelSteps = (request.ParallelismConfiguration ?? pipeline.ParallelismConfiguration)
    ?.MaxParallelExecutionSteps;
  const execution: PipelineExecution = {
    id,
    arn: `${pipeline.PipelineArn}/execution/${id}`,
    pipelineName: pipeline.PipelineName,
    pipelineArn: pipeline.PipelineArn,
    versionId: version.id,
    definition: version.definition,
    roleArn: pipeline.RoleArn,
    parameters,
    status: 'Executing',
    displayName: request.PipelineExecutionDisplayName ?? `execution-${at.getTime()}`,
    ...(request.PipelineExecutionDescription === undefined
      ? {}
      : { description: request.PipelineExecutionDescription }),
    ...(maxParallelSteps === undefined ? {} : { maxParallelSteps }),
    createdAt: at,
    modifiedAt: at,
    startToken: request.ClientRequestToken,
    retryTokens: [],
    steps,
    ...(selection === undefined ? {} : { selection }),
    formerAttempts: {},
  };
  const named = await withExperiment(world, execution, plan);
  // The same request may have come a second time meanwhile.
  const twin = startedWith(world, pipeline, request);
  if (twin !== undefined) return { PipelineExecutionArn: twin.arn };
  notePipelineRun(world, findPipeline(world, request.PipelineName), at);
  world.executions.begin(named);
  return { PipelineExecutionArn: execution.arn };
}

/** The execution that this token started. @throws ConflictException if it was started with something else */
function startedWith(world: World, { PipelineArn }: Pipeline, request: Request): PipelineExecution | undefined {
  const former = world.store.executions
    .all()
    .find(({ pipelineArn, startToken }) => pipelineArn === PipelineArn && startToken === request.ClientRequestToken);
  if (former === undefined) return undefined;
  const parameters = parametersFor(planOf(former.definition).parameters, request.PipelineParameters ?? []);
  if (
    JSON.stringify(former.parameters) !== JSON.stringify(parameters) ||
    (request.PipelineExecutionDisplayName ?? former.displayName) !== former.displayName
  ) {
    throw new ConflictException(
      `The ClientRequestToken was used for ${former.arn} with other parameters: use a new token for a new execution.`,
    );
  }
  return former;
}

/** What a selective execution builds on: an ended execution of the same pipeline. */
function sourceOf(world: World, pipelineArn: string, arn: string | undefined): PipelineExecution | undefined {
  if (arn === undefined) return undefined;
  const source = findExecution(world, arn);
  if (source.pipelineArn !== pipelineArn)
    throw new ValidationException(`The SourcePipelineExecutionArn ${arn} is of another pipeline.`);
  if (source.status !== 'Succeeded' && source.status !== 'Failed') {
    throw new ValidationException(
      `The execution ${arn} is ${source.status}: only Succeeded and Failed ones can be the source of a selective execution.`,
    );
  }
  return source;
}
