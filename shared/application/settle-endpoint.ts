import { assessMove } from '../domain/assess-endpoint.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Hosting } from '../ports/sagemaker.ts';

export type SettleEndpointDeps = {
  hosting: Pick<Hosting, 'describeEndpoint'>;
  deployments: Pick<Deployments, 'find'>;
  rendezvous: Pick<Rendezvous, 'signal'>;
  now: () => string;
};

type SettledTo = 'settled' | 'moving' | 'not-ours';

/** As `settleMove`, of the endpoint as it is recorded now: on SageMaker's event and by the sweeper. */
export async function settleEndpoint(model: string, environment: string, deps: SettleEndpointDeps): Promise<SettledTo> {
  const deployment = await deps.deployments.find(model, environment);
  return deployment === undefined ? 'not-ours' : settleMove(deployment, deps);
}

/**
 * Asks SageMaker where an endpoint stands; when the recorded move has ended, wakes the roll-out that waits for it. A repetition
 * changes nothing.
 */
export async function settleMove(
  deployment: Deployment,
  deps: Pick<SettleEndpointDeps, 'hosting' | 'rendezvous' | 'now'>,
): Promise<SettledTo> {
  const move = deployment.pending?.move;
  if (move === undefined) return 'not-ours';
  const end = assessMove(deployment, await deps.hosting.describeEndpoint(deployment.endpointName));
  if (end === undefined) return 'moving';
  await deps.rendezvous.signal(move.subject, { output: end }, deps.now());
  return 'settled';
}
