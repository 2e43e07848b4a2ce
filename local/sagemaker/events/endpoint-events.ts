import type { Deployment, Endpoint } from '../state/records.ts';
import type { SageMakerEvent } from './event-sender.ts';
import { shout } from './job-events.ts';

/** Statuses of endpoint events are UPPER_SNAKE, unlike those of the API. */
export function endpointChanged(endpoint: Endpoint, tags: Record<string, string>, at: Date): SageMakerEvent {
  const deployment = endpoint.live ?? endpoint.pending;
  return {
    detailType: 'Endpoint State Change',
    resources: [endpoint.arn],
    at,
    detail: {
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.live?.configName ?? endpoint.firstConfigName,
      ProductionVariants: deployment === undefined ? [] : variantsOf(deployment),
      EndpointStatus: shout(endpoint.status),
      FailureReason: endpoint.failureReason,
      CreationTime: endpoint.createdAt.getTime(),
      LastModifiedTime: endpoint.modifiedAt.getTime(),
      Tags: tags,
    },
  };
}

function variantsOf(deployment: Deployment): Record<string, unknown>[] {
  return deployment.variants.map((each) => ({
    VariantName: each.variant.VariantName,
    CurrentWeight: each.currentWeight,
    DesiredWeight: each.desiredWeight,
    CurrentInstanceCount: each.currentCount,
    DesiredInstanceCount: each.desiredCount,
  }));
}
