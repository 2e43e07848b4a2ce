import { Collection } from './collection.ts';
import type {
  Endpoint,
  EndpointConfig,
  Model,
  ModelPackage,
  ModelPackageGroup,
  Pipeline,
  PipelineExecution,
  ProcessingJob,
  TagSet,
  TrainingJob,
} from './records.ts';

/** All that the server knows, on disk below its state folder. Keys are names, for packages and executions ARNs. */
export type Store = ReturnType<typeof openStore>;

export function openStore(stateFolder: string) {
  return {
    pipelines: new Collection<Pipeline>(stateFolder, 'pipelines'),
    executions: new Collection<PipelineExecution>(stateFolder, 'pipeline-executions'),
    processingJobs: new Collection<ProcessingJob>(stateFolder, 'processing-jobs'),
    trainingJobs: new Collection<TrainingJob>(stateFolder, 'training-jobs'),
    packageGroups: new Collection<ModelPackageGroup>(stateFolder, 'model-package-groups'),
    packages: new Collection<ModelPackage>(stateFolder, 'model-packages'),
    models: new Collection<Model>(stateFolder, 'models'),
    endpointConfigs: new Collection<EndpointConfig>(stateFolder, 'endpoint-configs'),
    endpoints: new Collection<Endpoint>(stateFolder, 'endpoints'),
    tags: new Collection<TagSet>(stateFolder, 'tags'),
  };
}
