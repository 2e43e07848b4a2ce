import { NotFound } from '../../domain/faults.ts';
import { FencedDeployment } from '../../domain/move-deployment.ts';
import { revise } from './revise.ts';
import { shardOf } from './shards.ts';
import type { Key, Table } from './table.ts';

/** The list of deployments whose rollback is under way, for the sweeper. */
export const ROLLBACKS_UNDER_WAY = 'ROLLBACKS';

export function deploymentKeyOf(model: string, environment: string): Key {
  return { pk: `MODEL#${model}`, sk: `DEPLOYMENT#${environment}` };
}

/** Changes one deployment by a pure function; one that is not there begins as `first`. @throws NotFound where there is neither */
export function reviseDeployment<Next extends FencedDeployment>(
  table: Table,
  model: string,
  environment: string,
  change: (record: FencedDeployment) => Next,
  first?: FencedDeployment,
): Promise<Next> {
  const revised = (record = first) => {
    if (record === undefined) throw new NotFound(`${model} was never rolled out to ${environment}.`);
    return change(record);
  };
  return revise(table, deploymentKeyOf(model, environment), FencedDeployment, revised, indexOf);
}

function indexOf({ deployment: { model, environment, rollback } }: FencedDeployment) {
  if (rollback?.status !== 'under-way') return {};
  const id = `${model}/${environment}`;
  return { gsi1pk: shardOf(ROLLBACKS_UNDER_WAY, id), gsi1sk: `${rollback.requestedAt}#${id}` };
}
