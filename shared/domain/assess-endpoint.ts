import type { Deployment } from './deployment.ts';

/** The part of DescribeEndpoint that tells where an endpoint stands; `undefined` stands for "there is no such endpoint". */
export type EndpointStanding = { status: string; configName: string; failureReason?: string } | undefined;

/** How a move ended: the output with which the waiting state is woken. `untouched` is for a restoration alone. */
type MoveEnd = {
  outcome: 'in-service' | 'failed' | 'faulted' | 'restored';
  reasons: string[];
};

const OF_THE_PLATFORM =
  /InsufficientInstanceCapacity|Insufficient.*capacity|CapacityError|LimitExceeded|service limit|quota|AccessDenied|not authorized/i;

/** While SageMaker is at work on the endpoint, it takes no other change. */
export function isInProgress(status: string): boolean {
  return ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'].includes(status);
}

/**
 * How the recorded move of an endpoint ended; `undefined` while it goes on. An update that SageMaker rolled back ends as
 * `InService` too, on the former configuration: the name of the configuration decides.
 */
export function assessMove(deployment: Deployment, standing: EndpointStanding): MoveEnd | undefined {
  const { pending, live } = deployment;
  if (pending?.move === undefined) return undefined;
  if (pending.move.towards === 'pending')
    return assessAdvance(deployment.endpointName, pending.endpointConfigName, standing);
  return assessReturn(deployment.endpointName, live?.endpointConfigName, standing);
}

function assessAdvance(endpoint: string, wanted: string, standing: EndpointStanding): MoveEnd | undefined {
  if (standing === undefined)
    return { outcome: 'failed', reasons: [`The endpoint ${endpoint} is gone: somebody deleted it.`] };
  if (isInProgress(standing.status)) return undefined;
  if (standing.status === 'InService' && standing.configName === wanted) return { outcome: 'in-service', reasons: [] };
  const why = standing.failureReason ?? 'SageMaker gives no reason';
  const reason =
    standing.status === 'InService'
      ? `The endpoint ${endpoint} went back to its former configuration: ${why}`
      : `The endpoint ${endpoint} is ${standing.status}: ${why}`;
  return { outcome: OF_THE_PLATFORM.test(why) ? 'faulted' : 'failed', reasons: [reason] };
}

function assessReturn(endpoint: string, wanted: string | undefined, standing: EndpointStanding): MoveEnd | undefined {
  if (standing === undefined) {
    if (wanted === undefined) return { outcome: 'restored', reasons: [] };
    return {
      outcome: 'failed',
      reasons: [
        `The endpoint ${endpoint} is gone, so its former configuration ${wanted} can't be given back. Create it again.`,
      ],
    };
  }
  if (isInProgress(standing.status)) return undefined;
  if (standing.status === 'InService' && standing.configName === wanted) return { outcome: 'restored', reasons: [] };
  const why = standing.failureReason === undefined ? '' : `: ${standing.failureReason}`;
  return {
    outcome: 'failed',
    reasons: [
      `The endpoint ${endpoint} is ${standing.status} on ${standing.configName}, not on ${wanted ?? 'none'}${why}. Look at it in SageMaker.`,
    ],
  };
}
