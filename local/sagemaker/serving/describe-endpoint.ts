import type {
  DataCaptureConfigSummary,
  DescribeEndpointOutput,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { DeployedVariant, Deployment, Endpoint } from '../state/records.ts';

/** An endpoint as Describe shows it: the live deployment, and beside it the one that is being brought up. */
export function describedEndpoint(endpoint: Endpoint): DescribeEndpointOutput {
  const { live, pending } = endpoint;
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: live?.configName ?? endpoint.firstConfigName,
    EndpointStatus: endpoint.status,
    FailureReason: endpoint.failureReason,
    CreationTime: endpoint.createdAt,
    LastModifiedTime: endpoint.modifiedAt,
    ProductionVariants: live?.variants.map((each) => summaryOf(each, live.deployedAt)),
    DataCaptureConfig: captureOf(live?.capture),
    LastDeploymentConfig: endpoint.lastDeploymentConfig,
    PendingDeploymentSummary: pending && {
      EndpointConfigName: pending.configName,
      StartTime: pending.startedAt,
      ProductionVariants: pending.variants.map((each) => ({
        ...summaryOf(each, pending.startedAt),
        InstanceType: each.variant.InstanceType,
      })),
    },
  };
}

function captureOf(capture: Deployment['capture']): DataCaptureConfigSummary | undefined {
  return (
    capture && {
      EnableCapture: capture.EnableCapture ?? true,
      CaptureStatus: capture.EnableCapture === false ? 'Stopped' : 'Started',
      CurrentSamplingPercentage: capture.InitialSamplingPercentage,
      DestinationS3Uri: capture.DestinationS3Uri,
      KmsKeyId: capture.KmsKeyId ?? '',
    }
  );
}

function summaryOf(deployed: DeployedVariant, deployedAt: Date | undefined): ProductionVariantSummary {
  const { stage } = deployed;
  return {
    VariantName: deployed.variant.VariantName,
    DeployedImages: [deployed.container, ...(deployed.further ?? [])].map(({ image }) => ({
      SpecifiedImage: image,
      ResolvedImage: image,
      ResolutionTime: deployedAt,
    })),
    CurrentWeight: deployed.currentWeight,
    DesiredWeight: deployed.desiredWeight,
    CurrentInstanceCount: deployed.currentCount,
    DesiredInstanceCount: deployed.desiredCount,
    VariantStatus: stage && [{ Status: stage.status, StatusMessage: stage.message, StartTime: stage.startedAt }],
  };
}
