import { referenceIn } from './definition-problem.ts';
import type { PipelineDefinition, PipelineStep } from './pipeline-definition.ts';
import { takesVolumeKey } from './volume-encryption.ts';

/** What the platform adds to every job: from the onboarding record and the stage, never from the author. */
export type Fence = {
  roleArn: string;
  /** Empty lists mean no network of the stage. */
  network: { subnetIds: readonly string[]; securityGroupIds: readonly string[]; isolation: boolean };
  keyArn: string;
  tags: Readonly<Record<string, string>>;
};

/** A job that says nothing ends after this long, and not after SageMaker's day. */
const DEFAULT_MAX_RUNTIME_SECONDS = 4 * 3600;

type Arguments = Record<string, unknown>;

/**
 * The definition that is submitted: the author's, with role, network, keys, tags and a longest run time in every job.
 * `parameters` are the values of the execution; they tell the instance type where a step refers to it.
 */
export function fenceDefinition(
  definition: PipelineDefinition,
  fence: Fence,
  parameters: Readonly<Record<string, string>>,
): PipelineDefinition {
  const defaults = Object.fromEntries(definition.Parameters.map(({ Name, DefaultValue }) => [Name, DefaultValue]));
  return { ...definition, Steps: fenceSteps(definition.Steps, fence, { ...defaults, ...parameters }) };
}

function fenceSteps(steps: readonly PipelineStep[], fence: Fence, values: Arguments): PipelineStep[] {
  return steps.map((step) => fenceStep(step, fence, values));
}

function fenceStep(step: PipelineStep, fence: Fence, values: Arguments): PipelineStep {
  if (step.Type === 'Training') return { ...step, Arguments: fenceTraining(step.Arguments, fence, values) };
  if (step.Type === 'Processing') return { ...step, Arguments: fenceProcessing(step.Arguments, fence, values) };
  if (step.Type === 'Fail') return step;
  const { Conditions, IfSteps, ElseSteps } = step.Arguments;
  const branches = { IfSteps: fenceSteps(IfSteps, fence, values), ElseSteps: fenceSteps(ElseSteps, fence, values) };
  return { ...step, Arguments: { Conditions, ...branches } };
}

function fenceTraining(own: Arguments, fence: Fence, values: Arguments): Arguments {
  const resources = groupIn(own.ResourceConfig);
  const vpc = vpcConfigOf(fence);
  return {
    ...common(own, fence),
    ResourceConfig: { ...resources, ...volumeKey(resources.InstanceType, fence, values) },
    OutputDataConfig: { ...groupIn(own.OutputDataConfig), KmsKeyId: fence.keyArn },
    EnableNetworkIsolation: fence.network.isolation,
    ...(vpc && { VpcConfig: vpc }),
  };
}

function fenceProcessing(own: Arguments, fence: Fence, values: Arguments): Arguments {
  const resources = groupIn(own.ProcessingResources);
  const cluster = groupIn(resources.ClusterConfig);
  const vpc = vpcConfigOf(fence);
  return {
    ...common(own, fence),
    ProcessingResources: {
      ...resources,
      ClusterConfig: { ...cluster, ...volumeKey(cluster.InstanceType, fence, values) },
    },
    ...(own.ProcessingOutputConfig !== undefined && {
      ProcessingOutputConfig: { ...groupIn(own.ProcessingOutputConfig), KmsKeyId: fence.keyArn },
    }),
    NetworkConfig: { EnableNetworkIsolation: fence.network.isolation, ...(vpc && { VpcConfig: vpc }) },
  };
}

function common(own: Arguments, fence: Fence): Arguments {
  return {
    ...own,
    RoleArn: fence.roleArn,
    StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_MAX_RUNTIME_SECONDS, ...groupIn(own.StoppingCondition) },
    Tags: Object.entries(fence.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function vpcConfigOf({
  network,
}: Fence): { Subnets: readonly string[]; SecurityGroupIds: readonly string[] } | undefined {
  return network.subnetIds.length > 0
    ? { Subnets: network.subnetIds, SecurityGroupIds: network.securityGroupIds }
    : undefined;
}

function volumeKey(instanceType: unknown, { keyArn }: Fence, values: Arguments): Arguments {
  const parameter = referenceIn(instanceType)?.replace(/^Parameters\./, '');
  const type = parameter === undefined ? instanceType : values[parameter];
  return typeof type === 'string' && !takesVolumeKey(type) ? {} : { VolumeKmsKeyId: keyArn };
}

function groupIn(value: unknown): Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
