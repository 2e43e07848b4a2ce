import type {
  DeploymentConfig,
  DescribeEndpointConfigOutput,
  DescribeModelOutput,
  DescribeModelPackageGroupOutput,
  DescribeModelPackageOutput,
  DescribePipelineResponse,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  OutputParameter,
  Parameter,
  PipelineExecutionStatus,
  PipelineExecutionStepMetadata,
  PipelineExperimentConfig,
  ProductionVariant,
  SelectiveExecutionConfig,
  StepStatus,
  Tag,
  VariantStatus,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';

/** What Describe answers is what is kept, wherever the resource has no life that Describe hides. */
export type ProcessingJob = Checked<DescribeProcessingJobResponse>;
export type TrainingJob = Checked<DescribeTrainingJobResponse>;
export type ModelPackageGroup = Checked<DescribeModelPackageGroupOutput> & {
  /** The number of the last version that was registered: numbers are not used again. */
  lastVersion?: number;
  policy?: string;
};
export type Model = Checked<DescribeModelOutput>;
export type EndpointConfig = Checked<DescribeEndpointConfigOutput>;

export type ModelPackage = Checked<DescribeModelPackageOutput> & {
  clientToken?: string;
  /** Of the last update, with what it asked for. */
  updateToken?: string;
  updateContent?: string;
};

export type PipelineVersion = {
  id: number;
  definition: string;
  createdAt: Date;
  displayName?: string;
  description?: string;
};
export type Pipeline = Checked<Omit<DescribePipelineResponse, 'PipelineDefinition'>> & {
  PipelineName: string;
  PipelineArn: string;
  RoleArn: string;
  CreationTime: Date;
  LastModifiedTime: Date;
  versions: PipelineVersion[];
  createToken: string;
};

/** What a Callback step was told. */
export type CallbackAnswer = { requestToken?: string } & (
  | { outcome: 'succeeded'; outputs: Checked<OutputParameter>[] }
  | { outcome: 'failed'; reason: string }
);

export type PipelineStep = {
  name: string;
  type: string;
  displayName?: string;
  description?: string;
  status: StepStatus;
  startedAt: Date;
  endedAt?: Date;
  failureReason?: string;
  metadata: Checked<PipelineExecutionStepMetadata>;
  attempt: number;
  /** The execution whose step this is, when it was not run but taken over by a selective execution. */
  takenFrom?: string;
  /** What must be the same in a later run that is to use this one's results. */
  cacheKey?: string;
  /** The execution whose results this step uses, when they were found in the cache. */
  cachedFrom?: string;
  /** How often each retry policy, by its place, has been used. */
  retries?: Record<string, number>;
  /** When the step is tried again. */
  retryAt?: Date;
  /** It failed because it took all the time that there is. */
  timedOut?: boolean;
  /** Of a Callback step, as soon as it has one. */
  answer?: CallbackAnswer;
};

export type PipelineExecution = {
  id: string;
  arn: string;
  pipelineName: string;
  pipelineArn: string;
  versionId: number;
  definition: string;
  roleArn: string;
  parameters: Checked<Parameter>[];
  status: PipelineExecutionStatus;
  failureReason?: string;
  displayName?: string;
  description?: string;
  maxParallelSteps?: number;
  createdAt: Date;
  modifiedAt: Date;
  endedAt?: Date;
  startToken: string;
  retryTokens: string[];
  steps: PipelineStep[];
  /** Only these steps run; what they need of others comes from a former execution. */
  selection?: Checked<SelectiveExecutionConfig>;
  /** As the definition names it, references resolved when the execution began. */
  experiment?: Checked<PipelineExperimentConfig>;
  /** How often a step that a retry starts anew ran before. */
  formerAttempts: Record<string, number>;
};

/** The container that a variant runs, as it was when the variant was deployed: the model may be deleted meanwhile. */
export type DeployedContainer = {
  /** Of one among several. */
  name?: string;
  image: string;
  modelDataUrl?: string;
  /** How the model's data lies there; by the URL's ending where nothing is said. */
  modelDataForm?: 'archive' | 'object' | 'prefix';
  environment: Record<string, string>;
};

export type DeployedVariant = {
  variant: Checked<ProductionVariant>;
  container: DeployedContainer;
  /** Those that follow it in an inference pipeline. */
  further?: DeployedContainer[];
  currentCount: number;
  desiredCount: number;
  currentWeight: number;
  desiredWeight: number;
  /** What is being done to it; absent when nothing is. */
  stage?: { status: VariantStatus; message: string; startedAt: Date };
};

export type Deployment = {
  configName: string;
  /** When it began; absent in what older versions of this server left behind. */
  deployedAt?: Date;
  variants: DeployedVariant[];
  capture?: EndpointConfig['DataCaptureConfig'];
};

export type PendingDeployment = Deployment & {
  startedAt: Date;
  /** How it is to go; all at once where nothing is said. */
  config?: Checked<DeploymentConfig>;
  /** Why it goes back, as soon as it does. */
  rollbackReason?: string;
};

export type Endpoint = {
  name: string;
  arn: string;
  status: 'Creating' | 'Updating' | 'SystemUpdating' | 'InService' | 'Failed' | 'Deleting' | 'UpdateRollbackFailed';
  createdAt: Date;
  modifiedAt: Date;
  failureReason?: string;
  /** What serves; absent until the first deployment is in service. */
  live?: Deployment;
  /** What is being brought up. */
  pending?: PendingDeployment;
  /** The config that a first deployment, failed or on its way, was to bring. */
  firstConfigName: string;
  lastDeploymentConfig?: Checked<DeploymentConfig>;
};

export type TagSet = { arn: string; tags: Checked<Tag>[] };
