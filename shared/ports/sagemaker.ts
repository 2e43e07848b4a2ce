import type { DocumentReference } from '../domain/identifiers.ts';

/** Refusals of SageMaker come as CapacityRefused or PermissionRefused, throttling and 5xx as ServiceUnavailable, from every call. */
export type PipelineExecution = {
  arn: string;
  /** As given to `start`. */
  displayName: string;
  status: 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';
  failureReason?: string;
  steps: {
    name: string;
    type: string;
    status: string;
    failureReason?: string;
    jobArn?: string;
    startedAt?: string;
    endedAt?: string;
  }[];
};

export type TrainingPipelines = {
  /** Creates the immutable pipeline; one that exists is left alone. */
  ensure(pipeline: {
    name: string;
    definition: string;
    roleArn: string;
    description: string;
    tags: Record<string, string>;
  }): Promise<void>;
  /** Starts once per token. */
  start(execution: {
    pipelineName: string;
    token: string;
    displayName: string;
    description: string;
    parameters: Record<string, string>;
  }): Promise<{ arn: string }>;
  describe(arn: string): Promise<PipelineExecution>;
  /** `ModelArtifacts.S3ModelArtifacts` of a training job, and its image. */
  trainingJob(jobArn: string): Promise<{ artifactUri: string; image: string }>;
  /** The last lines of a job's log, oldest first; empty where there is none. */
  logTail(jobArn: string, lines: number): Promise<string[]>;
};

export type ModelVersion = {
  modelPackageArn: string;
  version: number;
  approvalStatus: 'Approved' | 'Rejected' | 'PendingManualApproval';
  properties: Record<string, string>;
  /** What an endpoint of this version would serve: of its first container; empty where it has none. */
  artifactUri: string;
  image: string;
};

export type ModelRegistry = {
  ensureGroup(group: string, description: string, tags: Record<string, string>): Promise<void>;
  /** Registers `PendingManualApproval`; a version of the same `clientToken` or the same property `mlops:run` is found, not doubled. */
  register(version: {
    group: string;
    runId: string;
    /** When the run was accepted: none of its versions is older. */
    acceptedAt: string;
    clientToken: string;
    description: string;
    image: string;
    artifactUri: string;
    environment: Record<string, string>;
    contentTypes: string[];
    responseTypes: string[];
    instanceTypes: string[];
    reportUri: string;
    reportSha256: string;
    /** What the version's live traffic is compared with. */
    baseline?: Pick<DocumentReference, 'uri' | 'sha256'>;
    commit: string;
    repository: string;
    projectId: string;
    properties: Record<string, string>;
    modelCard: string;
  }): Promise<ModelVersion>;
  describe(modelPackageArn: string): Promise<ModelVersion>;
  setApproval(modelPackageArn: string, status: 'Approved' | 'Rejected', description: string): Promise<void>;
};

export type EndpointState = {
  status: string;
  configName: string;
  failureReason?: string;
  variants: { name: string; desiredInstanceCount: number; currentInstanceCount: number }[];
};

export type Hosting = {
  ensureModel(model: {
    name: string;
    modelPackageArn: string;
    roleArn: string;
    network: NetworkFence;
    tags: Record<string, string>;
  }): Promise<void>;
  ensureConfig(config: {
    name: string;
    modelName: string;
    variantName: string;
    instanceType: string;
    instanceCount: number;
    capture?: { percent: number; destinationUri: string; kmsKeyArn: string };
    kmsKeyArn?: string;
    tags: Record<string, string>;
  }): Promise<void>;
  describeEndpoint(name: string): Promise<EndpointState | undefined>;
  /** The models of a configuration's variants; `undefined` where somebody deleted it. */
  describeConfig(name: string): Promise<{ modelNames: string[] } | undefined>;
  createEndpoint(name: string, configName: string, tags: Record<string, string>): Promise<void>;
  /** Keeps the live instance counts. */
  updateEndpoint(name: string, configName: string): Promise<void>;
  deleteEndpoint(name: string): Promise<void>;
  /** @throws ServiceUnavailable; a model's own error is an outcome */
  invoke(
    endpointName: string,
    body: string,
    contentType: string,
  ): Promise<
    | { outcome: 'answered'; body: string; latencyMs: number }
    | { outcome: 'model-error'; status: number; message: string; latencyMs: number }
  >;
};

/** Network and encryption that the stage gives to every job and model; empty lists mean none. */
export type NetworkFence = { subnetIds: string[]; securityGroupIds: string[]; isolation: boolean };
