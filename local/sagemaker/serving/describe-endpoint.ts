import type { DescribeEndpointOutput, ProductionVariantSummary } from '@aws-sdk/client-sagemaker';
import type { DeployedVariant, Endpoint } from '../state/records.ts';

/** An endpoint as Describe shows it: the live deployment, and the pending one of an update beside it. */
export function describedEndpoint(endpoint: Endpoint): DescribeEndpointOutput {
  const { live, pending } = endpoint;
  const capture = live?.capture;
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: live?.configName ?? endpoint.firstConfigName,
    EndpointStatus: endpoint.status,
    FailureReason: endpoint.failureReason,
    CreationTime: endpoint.createdAt,
    LastModifiedTime: endpoint.modifiedAt,
    ProductionVariants: live?.variants.map(summaryOf),
    DataCaptureConfig:
      capture === undefined
        ? undefined
        : {
            EnableCapture: capture.EnableCapture ?? true,
            CaptureStatus: capture.EnableCapture === false ? 'Stopped' : 'Started',
            CurrentSamplingPercentage: capture.InitialSamplingPercentage,
            DestinationS3Uri: capture.DestinationS3Uri,
            KmsKeyId: capture.KmsKeyId ?? '',
          },
    PendingDeploymentSummary:
      live === undefined || pending === undefined
        ? undefined
        : {
            EndpointConfigName: pending.configName,
            StartTime: pending.startedAt,
            ProductionVariants: pending.variants.map((each) => ({
              ...summaryOf(each),
              CurrentInstanceCount: 0,
              CurrentWeight: 0,
            })),
          },
  };
}

function summaryOf(deployed: DeployedVariant): ProductionVariantSummary {
  return {
    VariantName: deployed.variant.VariantName,
    DeployedImages: [{ SpecifiedImage: deployed.container.image, ResolvedImage: deployed.container.image }],
    CurrentWeight: deployed.currentWeight,
    DesiredWeight: deployed.desiredWeight,
    CurrentInstanceCount: deployed.currentCount,
    DesiredInstanceCount: deployed.desiredCount,
  };
}
