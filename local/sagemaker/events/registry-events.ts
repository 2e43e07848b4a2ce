import type { EndpointConfig, Model, ModelPackage } from '../state/records.ts';
import type { SageMakerEvent } from './event-sender.ts';
import { isoSeconds } from './pipeline-events.ts';

type Tags = Record<string, string>;

/** Times in model package events are ISO texts, as in those of pipelines. */
export function modelPackageChanged(
  version: ModelPackage,
  updatedFields: string[],
  tags: Tags,
  at: Date,
): SageMakerEvent {
  return {
    detailType: 'Model Package State Change',
    resources: [version.ModelPackageArn],
    at,
    detail: {
      ModelPackageGroupName: version.ModelPackageGroupName,
      ModelPackageVersion: version.ModelPackageVersion,
      ModelPackageArn: version.ModelPackageArn,
      ModelPackageDescription: version.ModelPackageDescription,
      ModelPackageStatus: version.ModelPackageStatus,
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      ModelApprovalStatus: version.ModelApprovalStatus,
      ApprovalDescription: version.ApprovalDescription,
      CertifyForMarketplace: version.CertifyForMarketplace ?? false,
      CreationTime: isoSeconds(version.CreationTime),
      LastModifiedTime: isoSeconds(version.LastModifiedTime),
      InferenceSpecification: version.InferenceSpecification,
      MetadataProperties: version.MetadataProperties,
      ModelMetrics: version.ModelMetrics,
      ModelLifeCycle: version.ModelLifeCycle,
      CustomerMetadataProperties: version.CustomerMetadataProperties,
      UpdatedModelPackageFields: updatedFields,
      Tags: tags,
    },
  };
}

/** Sent when a model is made and when it is deleted; it says not which. */
export function modelChanged(model: Model, tags: Tags, at: Date): SageMakerEvent {
  return {
    detailType: 'Model State Change',
    resources: [model.ModelArn],
    at,
    detail: {
      ModelName: model.ModelName,
      ModelArn: model.ModelArn,
      ExecutionRoleArn: model.ExecutionRoleArn,
      PrimaryContainer: model.PrimaryContainer,
      Containers: model.Containers,
      VpcConfig: model.VpcConfig,
      EnableNetworkIsolation: model.EnableNetworkIsolation,
      CreationTime: model.CreationTime.getTime(),
      Tags: tags,
    },
  };
}

/** Sent when a config is made and when it is deleted, like those of models. */
export function endpointConfigChanged(config: EndpointConfig, tags: Tags, at: Date): SageMakerEvent {
  return {
    detailType: 'Endpoint Config State Change',
    resources: [config.EndpointConfigArn],
    at,
    detail: {
      EndpointConfigName: config.EndpointConfigName,
      EndpointConfigArn: config.EndpointConfigArn,
      ProductionVariants: config.ProductionVariants,
      DataCaptureConfig: config.DataCaptureConfig,
      KmsKeyId: config.KmsKeyId,
      CreationTime: config.CreationTime.getTime(),
      Tags: tags,
    },
  };
}
