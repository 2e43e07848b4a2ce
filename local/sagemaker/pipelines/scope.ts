import { isFields } from '../api/check-request.ts';
import { underPrefix } from '../aws/s3-uri.ts';
import type { PipelineExecution } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PipelinePlan } from './definition.ts';
import { typedParameters } from './parameters.ts';
import { ReferenceBroken, type ReferenceScope } from './references.ts';
import { outputProperties } from './step-outputs.ts';
import { resourceOf } from './step-resource.ts';

/** What references can reach now; `own` are the execution variables of one step alone, such as the name of its job. */
export function scopeOf(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  own: Record<string, string> = {},
): ReferenceScope {
  const readJson = async (uri: string): Promise<unknown> => {
    try {
      return JSON.parse(await world.objects.readText(uri));
    } catch (error) {
      throw new ReferenceBroken(`ClientError: ${uri} can't be read as JSON: ${String(error)}`, { cause: error });
    }
  };
  const stepProperties = (name: string) =>
    outputProperties(execution, plan, name) ??
    resourceOf(world, execution.steps.find((step) => step.name === name)?.metadata);
  return {
    parameters: typedParameters(plan.parameters, execution.parameters),
    execution: {
      PipelineExecutionId: execution.id,
      PipelineExecutionArn: execution.arn,
      PipelineName: execution.pipelineName,
      PipelineArn: execution.pipelineArn,
      StartDateTime: execution.createdAt.toISOString(),
      CurrentDateTime: world.now().toISOString(),
      ...own,
    },
    stepProperties,
    readJson,
    propertyFile: (step, name) => readJson(propertyFileUri(plan, step, name, stepProperties(step))),
  };
}

function propertyFileUri(plan: PipelinePlan, stepName: string, name: string, properties: unknown): string {
  const step = plan.steps.find((candidate) => candidate.name === stepName);
  const file = step?.propertyFiles.find((candidate) => candidate.PropertyFileName === name);
  const config =
    isFields(properties) && isFields(properties.ProcessingOutputConfig)
      ? properties.ProcessingOutputConfig.Outputs
      : [];
  const output = Array.isArray(config)
    ? config.find((candidate) => candidate.OutputName === file?.OutputName)
    : undefined;
  if (file === undefined || typeof output?.S3Output?.S3Uri !== 'string') {
    throw new ReferenceBroken(
      `ClientError: The step ${stepName} has no property file ${name} with an output of its own.`,
    );
  }
  return underPrefix(output.S3Output.S3Uri, file.FilePath);
}
