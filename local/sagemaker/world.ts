import type { Faults } from './admin/faults/faults.ts';
import type { ServiceModel } from './api/service-model.ts';
import type { Arns } from './arns.ts';
import type { Alarms } from './aws/alarms.ts';
import type { Functions } from './aws/functions.ts';
import type { JobMetrics } from './aws/job-metrics.ts';
import type { LogGroups } from './aws/log-groups.ts';
import type { ObjectStore } from './aws/object-store.ts';
import type { Queues } from './aws/queues.ts';
import type { Configuration } from './configuration.ts';
import type { ContainerMode } from './containers/container.ts';
import type { Images } from './containers/images.ts';
import type { EventSender } from './events/event-sender.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import type { AccountQuotas } from './quotas.ts';
import type { DataCapture } from './serving/data-capture.ts';
import type { Hosting } from './serving/hosting.ts';
import type { InvocationMetrics } from './serving/invocation-metrics.ts';
import type { CallbackAnswer, PipelineExecution, PipelineStep } from './state/records.ts';
import type { Store } from './state/store.ts';

/** What drives pipeline executions, as far as requests touch it. */
export type Executions = {
  /** Saves the execution and runs what is ready. */
  begin: (execution: PipelineExecution, previousStatus?: string) => void;
  stop: (execution: PipelineExecution) => void;
  /** Ends a Callback step that waits for this. */
  answer: (execution: PipelineExecution, step: PipelineStep, answer: CallbackAnswer) => void;
};

/** The account that this server plays: its state, and what acts on it. */
export type World = {
  configuration: Configuration;
  model: ServiceModel;
  /** The API that invokes endpoints. */
  runtimeModel: ServiceModel;
  /** How containers get /opt/ml here. */
  containerMode: ContainerMode;
  images: Images;
  arns: Arns;
  store: Store;
  quotas: AccountQuotas;
  faults: Faults;
  objects: ObjectStore;
  logs: LogGroups;
  queues: Queues;
  functions: Functions;
  alarms: Alarms;
  events: EventSender;
  jobs: JobRunner;
  jobMetrics: JobMetrics;
  hosting: Hosting;
  capture: DataCapture;
  metrics: InvocationMetrics;
  executions: Executions;
  now: () => Date;
  /** Lower-case letters and digits. */
  newId: (length: number) => string;
  log: (line: string) => void;
};
