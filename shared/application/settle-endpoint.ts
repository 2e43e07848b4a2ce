import { assessMove } from '../domain/assess-endpoint.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Hosting } from '../ports/sagemaker.ts';

export type SettleEndpointDeps = {
  hosting: Pick<Hosting, 'describeEndpoint'>;
  deployments: Pick<Deployments, 'find'>;
  rendezvous: Pick<Rendezvous, 'signal'>;
  now: () => string;
};

/**
 * Asks SageMaker where an endpoint stands; when the recorded move has ended, wakes the roll-out that waits for it. Called on
 * SageMaker's event, by the sweeper and by the step that moved it: a repetition changes nothing.
 */
export async function settleEndpoint(
  model: string,
  environment: string,
  deps: SettleEndpointDeps,
): Promise<'settled' | 'moving' | 'not-ours'> {
  const deployment = await deps.deployments.find(model, environment);
  const move = deployment?.pending?.move;
  if (deployment === undefined || move === undefined) return 'not-ours';
  const end = assessMove(deployment, await deps.hosting.describeEndpoint(deployment.endpointName));
  if (end === undefined) return 'moving';
  await deps.rendezvous.signal(move.subject, { output: end }, deps.now());
  return 'settled';
}
