import { Collection } from './collection.ts';
import { openDatabase } from './database.ts';
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
  const database = openDatabase(stateFolder);
  return {
    pipelines: new Collection<Pipeline>(database, 'pipelines'),
    executions: new Collection<PipelineExecution>(database, 'pipeline-executions'),
    processingJobs: new Collection<ProcessingJob>(database, 'processing-jobs'),
    trainingJobs: new Collection<TrainingJob>(database, 'training-jobs'),
    packageGroups: new Collection<ModelPackageGroup>(database, 'model-package-groups'),
    packages: new Collection<ModelPackage>(database, 'model-packages'),
    models: new Collection<Model>(database, 'models'),
    endpointConfigs: new Collection<EndpointConfig>(database, 'endpoint-configs'),
    endpoints: new Collection<Endpoint>(database, 'endpoints'),
    tags: new Collection<TagSet>(database, 'tags'),
  };
}
