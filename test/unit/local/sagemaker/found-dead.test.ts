import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resumeProcessingJobs } from '../../../../local/sagemaker/resources/processing-job.ts';
import { resumeTrainingJobs } from '../../../../local/sagemaker/resources/training-job.ts';
import type { ProcessingJob, TrainingJob } from '../../../../local/sagemaker/state/records.ts';
import { openStore } from '../../../../local/sagemaker/state/store.ts';
import type { World } from '../../../../local/sagemaker/world.ts';

const began = new Date(1_000);
const reason = expect.stringMatching(/^InternalServerError: .*The local SageMaker ended while this job ran/);

let folder: string;
let world: ReturnType<typeof newWorld>;
let launched: string[];
let told: string[];

function newWorld(stateFolder: string) {
  return {
    store: openStore(stateFolder),
    jobs: { launch: ({ name }: { name: string }) => launched.push(name), closeLog: async () => undefined },
    events: { send: ({ detail }: { detail: Record<string, unknown> }) => told.push(String(detail.FailureReason)) },
    now: () => new Date(61_000),
    log: () => undefined,
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'found-dead-'));
  world = newWorld(folder);
  launched = [];
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function keepTraining(name: string, changes: Partial<TrainingJob>): void {
  world.store.trainingJobs.put(name, {
    TrainingJobName: name,
    TrainingJobArn: `arn:training-job/${name}`,
    ModelArtifacts: { S3ModelArtifacts: 's3://bucket/model.tar.gz' },
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Training',
    StoppingCondition: {},
    CreationTime: new Date(0),
    ...changes,
  });
}

const restart = () => resumeTrainingJobs(world as unknown as World);
const training = (name: string) => world.store.trainingJobs.get(name);

describe('a server that starts again', () => {
  it('reports a training job that ran as failed, and tells of it', () => {
    keepTraining('ran', { TrainingStartTime: began });
    restart();
    expect(training('ran')).toMatchObject({
      TrainingJobStatus: 'Failed',
      SecondaryStatus: 'Failed',
      FailureReason: reason,
      TrainingTimeInSeconds: 60,
    });
    expect([launched, told]).toEqual([[], [reason]]);
  });

  it('starts a training job that waited for its turn, and ends one that was being stopped', () => {
    keepTraining('waited', { SecondaryStatus: 'Starting' });
    keepTraining('stopping', { TrainingJobStatus: 'Stopping', TrainingStartTime: began });
    restart();
    expect(launched).toEqual(['waited']);
    expect(training('stopping')?.TrainingJobStatus).toBe('Stopped');
  });

  it('starts a training job again as often as its RetryStrategy says', () => {
    keepTraining('again', { TrainingStartTime: began, RetryStrategy: { MaximumRetryAttempts: 1 } });
    restart();
    expect(launched).toEqual(['again']);
    expect(training('again')).toMatchObject({ TrainingJobStatus: 'InProgress', SecondaryStatus: 'Restarting' });
    restart();
    expect(training('again')?.TrainingJobStatus).toBe('Failed');
  });

  it('does the same with processing jobs', () => {
    const job = (name: string, changes: Partial<ProcessingJob>): ProcessingJob => ({
      ProcessingJobName: name,
      ProcessingJobArn: `arn:processing-job/${name}`,
      ProcessingJobStatus: 'InProgress',
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      },
      AppSpecification: { ImageUri: 'image' },
      CreationTime: new Date(0),
      ...changes,
    });
    const { processingJobs } = world.store;
    processingJobs.put('ran', job('ran', { ProcessingStartTime: began }));
    processingJobs.put('waited', job('waited', {}));
    resumeProcessingJobs(world as unknown as World);
    expect(processingJobs.get('ran')).toMatchObject({ ProcessingJobStatus: 'Failed', FailureReason: reason });
    expect(launched).toEqual(['waited']);
  });
});
