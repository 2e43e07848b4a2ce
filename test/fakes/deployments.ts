import type { Deployment } from '../../shared/domain/deployment.ts';
import { NotFound } from '../../shared/domain/faults.ts';
import {
  abandonPending,
  concludePending,
  type FencedDeployment,
  preparePending,
} from '../../shared/domain/move-deployment.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';

export type FakeDeployments = Deployments & { put: (deployment: Deployment, fence?: number) => Deployment };

/** `put` places a deployment as it stands; models with a deployment are the models that are listed. */
export function fakeDeployments(): FakeDeployments {
  const records = new Map<string, FencedDeployment>();
  const keyOf = (model: string, environment: string) => `${model}/${environment}`;

  function change(
    model: string,
    environment: string,
    changed: (record: FencedDeployment) => FencedDeployment,
  ): Deployment {
    const record = records.get(keyOf(model, environment));
    if (record === undefined) throw new NotFound(`${model} was never rolled out to ${environment}.`);
    const next = changed(record);
    records.set(keyOf(model, environment), structuredClone(next));
    return structuredClone(next.deployment);
  }

  return {
    put(deployment, fence = 0) {
      records.set(keyOf(deployment.model, deployment.environment), structuredClone({ fence, deployment }));
      return deployment;
    },
    async find(model, environment) {
      return structuredClone(records.get(keyOf(model, environment))?.deployment);
    },
    async listByModel(model) {
      return [...records.values()]
        .filter(({ deployment }) => deployment.model === model)
        .map(({ deployment }) => structuredClone(deployment));
    },
    async prepare(model, environment, endpointName, pending) {
      const key = keyOf(model, environment);
      if (!records.has(key)) records.set(key, { fence: 0, deployment: { model, environment, endpointName } });
      return change(model, environment, (record) => preparePending(record, pending));
    },
    async conclude(model, environment, fence, release) {
      return change(model, environment, (record) => concludePending(record, fence, release));
    },
    async abandon(model, environment, fence) {
      return change(model, environment, (record) => abandonPending(record, fence));
    },
    async listModels() {
      return [...new Set([...records.values()].map(({ deployment }) => deployment.model))].sort();
    },
  };
}
