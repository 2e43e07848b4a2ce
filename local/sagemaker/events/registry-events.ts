import type { EndpointConfig, Model, ModelPackage } from '../state/records.ts';
import type { SageMakerEvent } from './event-sender.ts';

type Tags = Record<string, string>;

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
      CreationTime: version.CreationTime.getTime(),
      LastModifiedTime: version.LastModifiedTime?.getTime(),
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
      CreationTime: model.CreationTime.getTime(),
      Tags: tags,
    },
  };
}

export function endpointConfigChanged(config: EndpointConfig, tags: Tags, at: Date): SageMakerEvent {
  return {
    detailType: 'Endpoint Config State Change',
    resources: [config.EndpointConfigArn],
    at,
    detail: {
      EndpointConfigName: config.EndpointConfigName,
      EndpointConfigArn: config.EndpointConfigArn,
      ProductionVariants: config.ProductionVariants,
      CreationTime: config.CreationTime.getTime(),
      Tags: tags,
    },
  };
}
