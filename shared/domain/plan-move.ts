import { type EndpointStanding, isInProgress } from './assess-endpoint.ts';
import type { Deployment, Release } from './deployment.ts';

type MovePlan =
  | { action: 'create' | 'update' }
  /** Nothing to ask for: the endpoint stands there, or is on its way there. */
  | { action: 'wait' }
  | { action: 'stop'; outcome: 'unrecorded-config' | 'faulted'; reason: string };

/**
 * How an endpoint gets to a release. One that stands on a configuration that nobody recorded is left alone: somebody else changed
 * it, and a person must say what shall become of that.
 */
export function planMove(deployment: Deployment | undefined, release: Release, standing: EndpointStanding): MovePlan {
  if (standing === undefined) return { action: 'create' };
  const { live, pending, former } = deployment ?? {};
  const wanted = release.endpointConfigName;
  if (isInProgress(standing.status)) {
    if (pending?.runId === release.runId && standing.status !== 'Deleting') return { action: 'wait' };
    const reason = `The endpoint is ${standing.status} by somebody else's hand. Retry when it is InService.`;
    return { action: 'stop', outcome: 'faulted', reason };
  }
  if (standing.configName === wanted && standing.status === 'InService') return { action: 'wait' };
  const recorded = [live, pending, former].map((known) => known?.endpointConfigName);
  if (!recorded.includes(standing.configName)) {
    const reason = `The endpoint stands on ${standing.configName}, which no run of ours put there. Move it back or delete it, then retry.`;
    return { action: 'stop', outcome: 'unrecorded-config', reason };
  }
  if (standing.status === 'Failed') {
    const reason = `The endpoint is Failed, and SageMaker lets it only be deleted: ${standing.failureReason ?? 'no reason given'}. Delete it, then retry.`;
    return { action: 'stop', outcome: 'faulted', reason };
  }
  return { action: 'update' };
}
