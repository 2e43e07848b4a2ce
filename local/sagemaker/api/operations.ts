import * as callback from '../resources/callback-answer.ts';
import { createPipeline, updatePipeline } from '../resources/define-pipeline.ts';
import * as endpoint from '../resources/endpoint.ts';
import * as endpointConfig from '../resources/endpoint-config.ts';
import * as model from '../resources/model.ts';
import * as modelPackage from '../resources/model-package.ts';
import * as modelPackageGroup from '../resources/model-package-group.ts';
import * as groupPolicy from '../resources/model-package-group-policy.ts';
import * as pipeline from '../resources/pipeline.ts';
import * as execution from '../resources/pipeline-execution.ts';
import * as processingJob from '../resources/processing-job.ts';
import { startPipelineExecution } from '../resources/start-pipeline-execution.ts';
import * as tags from '../resources/tags.ts';
import * as trainingJob from '../resources/training-job.ts';
import type { World } from '../world.ts';

/** A request that the service model has checked goes in; dispatch knows no more of its type than its name. */
type Operation = (world: World, request: never) => unknown;

/** These keep and show what they are given; nothing else here depends on it. */
export const storedOnly: ReadonlySet<string> = new Set([
  'UpdatePipelineVersion',
  'PutModelPackageGroupPolicy',
  'GetModelPackageGroupPolicy',
  'DeleteModelPackageGroupPolicy',
]);

/** What the runtime API answers, at `/endpoints/<name>/invocations`. */
export const runtimeOperations: ReadonlySet<string> = new Set(['InvokeEndpoint']);

/** What this server can do, by the service's own names. */
export const operations: Record<string, Operation> = {
  CreatePipeline: createPipeline,
  UpdatePipeline: updatePipeline,
  DescribePipeline: pipeline.describePipeline,
  DeletePipeline: pipeline.deletePipeline,
  ListPipelines: pipeline.listPipelines,
  ListPipelineVersions: pipeline.listPipelineVersions,
  UpdatePipelineVersion: pipeline.updatePipelineVersion,
  StartPipelineExecution: startPipelineExecution,
  StopPipelineExecution: execution.stopPipelineExecution,
  RetryPipelineExecution: execution.retryPipelineExecution,
  UpdatePipelineExecution: execution.updatePipelineExecution,
  DescribePipelineExecution: execution.describePipelineExecution,
  ListPipelineExecutions: execution.listPipelineExecutions,
  ListPipelineExecutionSteps: execution.listPipelineExecutionSteps,
  ListPipelineParametersForExecution: execution.listPipelineParametersForExecution,
  DescribePipelineDefinitionForExecution: execution.describePipelineDefinitionForExecution,
  SendPipelineExecutionStepSuccess: callback.sendPipelineExecutionStepSuccess,
  SendPipelineExecutionStepFailure: callback.sendPipelineExecutionStepFailure,
  CreateProcessingJob: processingJob.createProcessingJob,
  DescribeProcessingJob: processingJob.describeProcessingJob,
  StopProcessingJob: processingJob.stopProcessingJob,
  DeleteProcessingJob: processingJob.deleteProcessingJob,
  ListProcessingJobs: processingJob.listProcessingJobs,
  CreateTrainingJob: trainingJob.createTrainingJob,
  DescribeTrainingJob: trainingJob.describeTrainingJob,
  StopTrainingJob: trainingJob.stopTrainingJob,
  DeleteTrainingJob: trainingJob.deleteTrainingJob,
  ListTrainingJobs: trainingJob.listTrainingJobs,
  CreateModelPackageGroup: modelPackageGroup.createModelPackageGroup,
  DescribeModelPackageGroup: modelPackageGroup.describeModelPackageGroup,
  DeleteModelPackageGroup: modelPackageGroup.deleteModelPackageGroup,
  ListModelPackageGroups: modelPackageGroup.listModelPackageGroups,
  PutModelPackageGroupPolicy: groupPolicy.putModelPackageGroupPolicy,
  GetModelPackageGroupPolicy: groupPolicy.getModelPackageGroupPolicy,
  DeleteModelPackageGroupPolicy: groupPolicy.deleteModelPackageGroupPolicy,
  CreateModelPackage: modelPackage.createModelPackage,
  DescribeModelPackage: modelPackage.describeModelPackage,
  BatchDescribeModelPackage: modelPackage.batchDescribeModelPackage,
  UpdateModelPackage: modelPackage.updateModelPackage,
  DeleteModelPackage: modelPackage.deleteModelPackage,
  ListModelPackages: modelPackage.listModelPackages,
  CreateModel: model.createModel,
  DescribeModel: model.describeModel,
  DeleteModel: model.deleteModel,
  ListModels: model.listModels,
  CreateEndpointConfig: endpointConfig.createEndpointConfig,
  DescribeEndpointConfig: endpointConfig.describeEndpointConfig,
  DeleteEndpointConfig: endpointConfig.deleteEndpointConfig,
  ListEndpointConfigs: endpointConfig.listEndpointConfigs,
  CreateEndpoint: endpoint.createEndpoint,
  UpdateEndpoint: endpoint.updateEndpoint,
  UpdateEndpointWeightsAndCapacities: endpoint.updateEndpointWeightsAndCapacities,
  DescribeEndpoint: endpoint.describeEndpoint,
  DeleteEndpoint: endpoint.deleteEndpoint,
  ListEndpoints: endpoint.listEndpoints,
  AddTags: tags.addTags,
  ListTags: tags.listTags,
  DeleteTags: tags.deleteTags,
};
