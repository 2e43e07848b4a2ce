import type { Deployment } from '../../shared/domain/deployment.ts';
import { NotFound } from '../../shared/domain/faults.ts';
import {
  abandonPending,
  concludePending,
  type FencedDeployment,
  preparePending,
} from '../../shared/domain/move-deployment.ts';
import {
  beginRollback,
  concludeRollback,
  failRollback,
  releaseHold,
  resumeRollback,
} from '../../shared/domain/roll-back-deployment.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { Rollbacks } from '../../shared/ports/rollbacks.ts';

export type FakeDeployments = Deployments & {
  put: (deployment: Deployment, fence?: number) => Deployment;
  rollbacks: Rollbacks;
};

/**
 * `put` places a deployment as it stands; models with a deployment are the models that are listed. `rollbacks` are those of the
 * same deployments.
 */
export function fakeDeployments(): FakeDeployments {
  const records = new Map<string, FencedDeployment>();
  const keyOf = (model: string, environment: string) => `${model}/${environment}`;

  function change<Next extends FencedDeployment>(
    model: string,
    environment: string,
    changed: (record: FencedDeployment) => Next,
  ): Next['deployment'] {
    const record = records.get(keyOf(model, environment));
    if (record === undefined) throw new NotFound(`${model} was never rolled out to ${environment}.`);
    const next = changed(record);
    records.set(keyOf(model, environment), structuredClone(next));
    return structuredClone(next.deployment);
  }

  function answered<Answer>(
    model: string,
    environment: string,
    change: (record: FencedDeployment) => { record: FencedDeployment; answer: Answer },
  ): Answer {
    const record = records.get(keyOf(model, environment));
    if (record === undefined) throw new NotFound(`${model} was never rolled out to ${environment}.`);
    const { record: next, answer } = change(structuredClone(record));
    records.set(keyOf(model, environment), structuredClone(next));
    return structuredClone(answer);
  }

  const rollbacks: Rollbacks = {
    begin: async (model, environment, wish) => answered(model, environment, (record) => beginRollback(record, wish)),
    resume: async (model, environment, rollbackId, attempt) =>
      change(model, environment, (record) => resumeRollback(record, rollbackId, attempt)),
    conclude: async (model, environment, fence, rollbackId, release, at) =>
      change(model, environment, (record) => concludeRollback(record, fence, rollbackId, release, at)),
    fail: async (model, environment, rollbackId, end) =>
      change(model, environment, (record) => failRollback(record, rollbackId, end)),
    releaseHold: async (model, environment, wish) =>
      answered(model, environment, (record) => releaseHold(record, wish)),
    underWay: async (before) =>
      [...records.values()]
        .map(({ deployment }) => structuredClone(deployment))
        .filter(({ rollback }) => rollback?.status === 'under-way' && rollback.requestedAt < before),
  };

  return {
    rollbacks,
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
    async conclude(model, environment, fence, runId) {
      return change(model, environment, (record) => concludePending(record, fence, runId));
    },
    async abandon(model, environment, fence) {
      return change(model, environment, (record) => abandonPending(record, fence));
    },
    async listModels() {
      return [...new Set([...records.values()].map(({ deployment }) => deployment.model))].sort();
    },
  };
}
