import * as z from 'zod';
import { NotFound } from '../../domain/faults.ts';
import { abandonPending, concludePending, FencedDeployment, preparePending } from '../../domain/move-deployment.ts';
import type { Deployments } from '../../ports/deployments.ts';
import { revise } from './revise.ts';
import { queryShards } from './shards.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable } from './table.ts';

const KnownModel = z.object({ model: z.string() });

export function dynamodbDeployments(environment: { table: string }): Deployments {
  const table = openTable(environment.table);
  const keyOf = (model: string, name: string): Key => ({ pk: `MODEL#${model}`, sk: `DEPLOYMENT#${name}` });

  async function change(model: string, name: string, changed: (record: FencedDeployment) => FencedDeployment) {
    const { deployment } = await revise(table, keyOf(model, name), FencedDeployment, (record) => {
      if (record === undefined) throw new NotFound(`${model} was never rolled out to ${name}.`);
      return changed(record);
    });
    return deployment;
  }

  return {
    async find(model, name) {
      const item = await table.get(keyOf(model, name));
      return item && entityOf(FencedDeployment, item).deployment;
    },
    async listByModel(model) {
      const items = await table.queryPartition(`MODEL#${model}`, 'DEPLOYMENT#');
      return items.map((item) => entityOf(FencedDeployment, item).deployment);
    },
    async prepare(model, name, endpointName, pending) {
      const first: FencedDeployment = { fence: 0, deployment: { model, environment: name, endpointName } };
      const { deployment } = await revise(table, keyOf(model, name), FencedDeployment, (record = first) =>
        preparePending(record, pending),
      );
      return deployment;
    },
    conclude: (model, name, fence, release) => change(model, name, (record) => concludePending(record, fence, release)),
    abandon: (model, name, fence) => change(model, name, (record) => abandonPending(record, fence)),
    async listModels() {
      return (await queryShards(table, 'MODELS')).map((item) => entityOf(KnownModel, item).model).sort();
    },
  };
}
