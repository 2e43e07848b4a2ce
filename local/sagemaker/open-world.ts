import { randomInt } from 'node:crypto';
import { Faults } from './admin/faults/faults.ts';
import { loadRuntimeModel, loadServiceModel } from './api/service-model.ts';
import { arnsOf } from './arns.ts';
import { Alarms } from './aws/alarms.ts';
import { Functions } from './aws/functions.ts';
import { JobMetrics } from './aws/job-metrics.ts';
import { LogGroups } from './aws/log-groups.ts';
import { cloudwatchPublisher } from './aws/metric-buffer.ts';
import { ObjectStore } from './aws/object-store.ts';
import { Queues } from './aws/queues.ts';
import type { Configuration } from './configuration.ts';
import { availableMode, Containers } from './containers/container.ts';
import { EventSender } from './events/event-sender.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { ExecutionEngine } from './pipelines/execution-engine.ts';
import { AccountQuotas } from './quotas.ts';
import { resumeEndpoints } from './resources/endpoint.ts';
import { resumeProcessingJobs } from './resources/processing-job.ts';
import { resumeTrainingJobs } from './resources/training-job.ts';
import { DataCapture } from './serving/data-capture.ts';
import { Hosting } from './serving/hosting.ts';
import { InstanceMetrics } from './serving/instance-metrics.ts';
import { InvocationMetrics } from './serving/invocation-metrics.ts';
import { openStore } from './state/store.ts';
import type { World } from './world.ts';

/** Two cores: more jobs at once would only make each other slower. */
const JOBS_AT_ONCE = 2;
/** Between SIGTERM and SIGKILL for a job that is stopped, as the service has it. */
const GRACE_SECONDS = 120;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

type OpenWorld = { world: World; resume: () => void; close: () => Promise<void> };

/** Puts the account together from what its state folder holds. `resume` takes up what was running, `close` ends every child. */
export async function openWorld(configuration: Configuration, log: (line: string) => void): Promise<OpenWorld> {
  const { stateFolder } = configuration;
  const now = () => new Date();
  const newId = (length: number) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  // Model and records are read while the container runs that is tried.
  const mode = availableMode(configuration);
  const model = loadServiceModel(configuration.botocoreData);
  const store = openStore(stateFolder);
  const containers = new Containers(configuration, await mode);
  const objects = new ObjectStore(configuration);
  const logs = new LogGroups(configuration);
  const jobs = new JobRunner({
    stateFolder,
    containers,
    logs,
    now,
    atOnce: JOBS_AT_ONCE,
    graceSeconds: GRACE_SECONDS * configuration.timeScale,
    log,
  });
  const hosting = new Hosting({ stateFolder, containers, objects, logs, now, newId });
  const publishTo = cloudwatchPublisher(configuration);
  const usage = new InstanceMetrics(() => hosting.allVariants(), publishTo('/aws/sagemaker/Endpoints'), now, log);
  const executions = new ExecutionEngine(() => world);
  const world: World = {
    configuration,
    model,
    runtimeModel: loadRuntimeModel(configuration.botocoreData),
    containerMode: containers.mode,
    images: containers.images,
    arns: arnsOf(configuration),
    store,
    quotas: new AccountQuotas(stateFolder, configuration.quotas),
    faults: new Faults(() => newId(8)),
    objects,
    logs,
    queues: new Queues(configuration),
    events: new EventSender(configuration, log, configuration.events),
    functions: new Functions(configuration),
    alarms: new Alarms(configuration),
    jobs,
    jobMetrics: new JobMetrics(configuration, log),
    hosting,
    capture: new DataCapture(stateFolder, objects, log),
    metrics: new InvocationMetrics(publishTo('AWS/SageMaker'), now, log),
    executions,
    now,
    newId,
    log,
  };
  const resume = () => {
    resumeProcessingJobs(world);
    resumeTrainingJobs(world);
    resumeEndpoints(world);
    executions.resume();
  };
  const close = async () => {
    executions.close();
    jobs.close();
    hosting.close();
    await Promise.all([
      containers.killAll(),
      world.capture.close(),
      world.metrics.close(),
      usage.close(),
      world.events.drained(),
    ]);
  };
  return { world, resume, close };
}
