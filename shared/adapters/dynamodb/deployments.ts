import * as z from 'zod';
import { abandonPending, concludePending, FencedDeployment, preparePending } from '../../domain/move-deployment.ts';
import type { Deployments } from '../../ports/deployments.ts';
import { deploymentKeyOf, reviseDeployment } from './revise-deployment.ts';
import { queryShards } from './shards.ts';
import { entityOf } from './stored-entity.ts';
import { openTable } from './table.ts';

const KnownModel = z.object({ model: z.string() });

export function dynamodbDeployments(environment: { table: string }): Deployments {
  const table = openTable(environment.table);

  async function change<Next extends FencedDeployment>(
    model: string,
    name: string,
    changed: (record: FencedDeployment) => Next,
  ): Promise<Next['deployment']> {
    return (await reviseDeployment(table, model, name, changed)).deployment;
  }

  return {
    async find(model, name) {
      const item = await table.get(deploymentKeyOf(model, name));
      return item && entityOf(FencedDeployment, item).deployment;
    },
    async listByModel(model) {
      const items = await table.queryPartition(`MODEL#${model}`, 'DEPLOYMENT#');
      return items.map((item) => entityOf(FencedDeployment, item).deployment);
    },
    async prepare(model, name, endpointName, pending) {
      const first: FencedDeployment = { fence: 0, deployment: { model, environment: name, endpointName } };
      const prepared = (record: FencedDeployment) => preparePending(record, pending);
      return (await reviseDeployment(table, model, name, prepared, first)).deployment;
    },
    conclude: (model, name, fence, runId) => change(model, name, (record) => concludePending(record, fence, runId)),
    abandon: (model, name, fence) => change(model, name, (record) => abandonPending(record, fence)),
    async listModels() {
      return (await queryShards(table, 'MODELS')).map((item) => entityOf(KnownModel, item).model).sort();
    },
  };
}
