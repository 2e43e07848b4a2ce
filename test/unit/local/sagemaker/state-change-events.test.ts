import { processingJobChanged, trainingJobChanged } from '../../../../local/sagemaker/events/job-events.ts';
import { modelPackageChanged } from '../../../../local/sagemaker/events/registry-events.ts';

const at = new Date('2026-01-02T03:04:05.678Z');

/** As in https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
describe('the detail of an event', () => {
  it('has the enum values of processing inputs and outputs as the service writes them', () => {
    const { detail, detailType } = processingJobChanged(
      {
        ProcessingJobName: 'job',
        ProcessingJobArn: 'arn',
        ProcessingJobStatus: 'Completed',
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, VolumeSizeInGB: 1 } },
        AppSpecification: { ImageUri: 'image' },
        CreationTime: at,
        ProcessingInputs: [
          {
            InputName: 'in',
            S3Input: {
              S3Uri: 's3://b/a',
              S3DataType: 'ManifestFile',
              S3InputMode: 'File',
              S3DataDistributionType: 'FullyReplicated',
            },
          },
        ],
        ProcessingOutputConfig: {
          Outputs: [{ OutputName: 'out', S3Output: { S3Uri: 's3://b/o', S3UploadMode: 'EndOfJob' } }],
        },
      },
      {},
      at,
    );
    expect(detailType).toBe('Processing Job State Change');
    expect(detail).toMatchObject({
      CreationTime: at.getTime(),
      ProcessingInputs: [
        { S3Input: { S3DataType: 'MANIFEST_FILE', S3InputMode: 'FILE', S3DataDistributionType: 'FULLYREPLICATED' } },
      ],
      ProcessingOutputConfig: { Outputs: [{ S3Output: { S3UploadMode: 'END_OF_JOB' } }] },
    });
  });

  it('has times as milliseconds for a training job, also those of its transitions and metrics', () => {
    const { detail } = trainingJobChanged(
      {
        TrainingJobName: 'job',
        TrainingJobArn: 'arn',
        TrainingJobStatus: 'Completed',
        SecondaryStatus: 'Completed',
        ModelArtifacts: { S3ModelArtifacts: 's3://b/m' },
        StoppingCondition: {},
        CreationTime: at,
        SecondaryStatusTransitions: [{ Status: 'Starting', StartTime: at, StatusMessage: 'Starting the training job' }],
        FinalMetricDataList: [{ MetricName: 'auc', Value: 0.7, Timestamp: at }],
      },
      { team: 'a' },
      at,
    );
    expect(detail).toMatchObject({
      CreationTime: at.getTime(),
      SecondaryStatusTransitions: [{ Status: 'Starting', StartTime: at.getTime() }],
      FinalMetricDataList: [{ MetricName: 'auc', Timestamp: at.getTime() }],
      ModelArtifacts: { S3ModelArtifacts: 's3://b/m' },
      Tags: { team: 'a' },
    });
  });

  it('has times as texts for a model package', () => {
    const { detail } = modelPackageChanged(
      {
        ModelPackageName: 'p',
        ModelPackageArn: 'arn',
        ModelPackageStatus: 'Completed',
        ModelPackageStatusDetails: { ValidationStatuses: [] },
        CreationTime: at,
      },
      ['ModelApprovalStatus'],
      {},
      at,
    );
    expect(detail).toMatchObject({ CreationTime: '2026-01-02T03:04:05Z', CertifyForMarketplace: false });
  });
});
