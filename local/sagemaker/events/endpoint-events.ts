import type { DeployedVariant, Endpoint } from '../state/records.ts';
import type { SageMakerEvent } from './event-sender.ts';
import { shout } from './job-events.ts';

/** Statuses of endpoint events are UPPER_SNAKE, unlike those of the API. */
export function endpointChanged(endpoint: Endpoint, tags: Record<string, string>, at: Date): SageMakerEvent {
  return { detailType: 'Endpoint State Change', resources: [endpoint.arn], at, detail: detailOf(endpoint, tags) };
}

/** For each stage of an update. Its times are milliseconds, as in all events of endpoints. */
export function endpointDeploymentChanged(endpoint: Endpoint, tags: Record<string, string>, at: Date): SageMakerEvent {
  const { pending } = endpoint;
  const summary = pending && {
    EndpointConfigName: pending.configName,
    StartTime: pending.startedAt.getTime(),
    ProductionVariants: pending.variants.map(variantOf),
  };
  return {
    detailType: 'Endpoint Deployment State Change',
    resources: [endpoint.arn],
    at,
    detail: { ...detailOf(endpoint, tags), PendingDeploymentSummary: summary },
  };
}

function detailOf(endpoint: Endpoint, tags: Record<string, string>): Record<string, unknown> {
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: endpoint.live?.configName ?? endpoint.firstConfigName,
    ProductionVariants: (endpoint.live ?? endpoint.pending)?.variants.map(variantOf) ?? [],
    EndpointStatus: shout(endpoint.status),
    FailureReason: endpoint.failureReason,
    CreationTime: endpoint.createdAt.getTime(),
    LastModifiedTime: endpoint.modifiedAt.getTime(),
    Tags: tags,
  };
}

function variantOf(deployed: DeployedVariant): Record<string, unknown> {
  const { stage } = deployed;
  return {
    VariantName: deployed.variant.VariantName,
    CurrentWeight: deployed.currentWeight,
    DesiredWeight: deployed.desiredWeight,
    CurrentInstanceCount: deployed.currentCount,
    DesiredInstanceCount: deployed.desiredCount,
    VariantStatus: stage && [
      { Status: stage.status, StatusMessage: stage.message, StartTime: stage.startedAt.getTime() },
    ],
  };
}
