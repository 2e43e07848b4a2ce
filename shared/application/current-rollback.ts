import type { Deployment, Rollback } from '../domain/deployment.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { WhichRollback } from '../domain/run-end.ts';
import type { Deployments } from '../ports/deployments.ts';

/**
 * The rollback that a step of one attempt works on, with the deployment that it is of.
 * @throws ContractBroken when another rollback or a later attempt has taken over: the step must do nothing more
 */
export async function currentRollback(
  deployments: Pick<Deployments, 'find'>,
  { model, environment, rollbackId, attempt }: Omit<WhichRollback, 'fence'>,
): Promise<{ deployment: Deployment; rollback: Rollback }> {
  const deployment = await deployments.find(model, environment);
  const rollback = deployment?.rollback;
  if (deployment !== undefined && rollback?.rollbackId === rollbackId && rollback.attempt === attempt)
    return { deployment, rollback };
  throw new ContractBroken(`Attempt ${attempt} of rollback ${rollbackId} is over: another one goes on. Nothing to do.`);
}
