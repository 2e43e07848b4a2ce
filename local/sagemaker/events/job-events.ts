import type { ProcessingJob, TrainingJob } from '../state/records.ts';
import type { SageMakerEvent } from './event-sender.ts';

/** Times in job events are milliseconds since 1970, unlike those of the API. */
function millis(time: Date | undefined): number | undefined {
  return time?.getTime();
}

export function trainingJobChanged(job: TrainingJob, tags: Record<string, string>, at: Date): SageMakerEvent {
  return {
    detailType: 'Training Job State Change',
    resources: [job.TrainingJobArn],
    at,
    detail: {
      TrainingJobName: job.TrainingJobName,
      TrainingJobArn: job.TrainingJobArn,
      TrainingJobStatus: job.TrainingJobStatus,
      SecondaryStatus: job.SecondaryStatus,
      FailureReason: job.FailureReason,
      HyperParameters: job.HyperParameters,
      AlgorithmSpecification: job.AlgorithmSpecification,
      RoleArn: job.RoleArn,
      InputDataConfig: job.InputDataConfig,
      OutputDataConfig: job.OutputDataConfig,
      ModelArtifacts: job.TrainingJobStatus === 'Completed' ? job.ModelArtifacts : undefined,
      ResourceConfig: job.ResourceConfig,
      VpcConfig: job.VpcConfig,
      StoppingCondition: job.StoppingCondition,
      CreationTime: millis(job.CreationTime),
      TrainingStartTime: millis(job.TrainingStartTime),
      TrainingEndTime: millis(job.TrainingEndTime),
      LastModifiedTime: millis(job.LastModifiedTime),
      SecondaryStatusTransitions: job.SecondaryStatusTransitions?.map((transition) => ({
        ...transition,
        StartTime: millis(transition.StartTime),
        EndTime: millis(transition.EndTime),
      })),
      FinalMetricDataList: job.FinalMetricDataList?.map((metric) => ({
        ...metric,
        Timestamp: millis(metric.Timestamp),
      })),
      Tags: tags,
    },
  };
}

export function processingJobChanged(job: ProcessingJob, tags: Record<string, string>, at: Date): SageMakerEvent {
  return {
    detailType: 'Processing Job State Change',
    resources: [job.ProcessingJobArn],
    at,
    detail: {
      ProcessingJobName: job.ProcessingJobName,
      ProcessingJobArn: job.ProcessingJobArn,
      ProcessingJobStatus: job.ProcessingJobStatus,
      FailureReason: job.FailureReason,
      ExitMessage: job.ExitMessage,
      ProcessingInputs: job.ProcessingInputs?.map((input) => ({
        ...input,
        S3Input: input.S3Input && {
          ...input.S3Input,
          S3DataType: shout(input.S3Input.S3DataType),
          S3InputMode: shout(input.S3Input.S3InputMode),
          // Unlike the others, without underscores: FULLYREPLICATED, SHARDEDBYS3KEY.
          S3DataDistributionType: input.S3Input.S3DataDistributionType?.toUpperCase(),
          S3CompressionType: shout(input.S3Input.S3CompressionType),
        },
      })),
      ProcessingOutputConfig: job.ProcessingOutputConfig && {
        ...job.ProcessingOutputConfig,
        Outputs: job.ProcessingOutputConfig.Outputs.map((output) => ({
          ...output,
          S3Output: output.S3Output && { ...output.S3Output, S3UploadMode: shout(output.S3Output.S3UploadMode) },
        })),
      },
      ProcessingResources: job.ProcessingResources,
      AppSpecification: job.AppSpecification,
      RoleArn: job.RoleArn,
      NetworkConfig: job.NetworkConfig,
      StoppingCondition: job.StoppingCondition,
      ExperimentConfig: job.ExperimentConfig,
      CreationTime: millis(job.CreationTime),
      ProcessingStartTime: millis(job.ProcessingStartTime),
      ProcessingEndTime: millis(job.ProcessingEndTime),
      LastModifiedTime: millis(job.LastModifiedTime),
      Tags: tags,
    },
  };
}

/** The enum values inside processing job events are upper-case: `S3InputMode: "FILE"`, `S3UploadMode: "END_OF_JOB"`. */
export function shout(value: string | undefined): string | undefined {
  return value?.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}
