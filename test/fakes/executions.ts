import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import type { Executions, LifecycleInput } from '../../shared/ports/executions.ts';

type Status = NonNullable<Awaited<ReturnType<Executions['lifecycleStatus']>>>;
export type FakeExecutions = Executions & {
  started: Map<string, LifecycleInput>;
  end: (name: string, status: Status) => void;
};

export function fakeExecutions(): FakeExecutions {
  const started = new Map<string, LifecycleInput>();
  const statuses = new Map<string, Status>();
  return {
    started,
    end: (name, status) => {
      statuses.set(name, status);
    },
    async startLifecycle(name, input) {
      const existing = started.get(name);
      if (existing !== undefined && canonicalJson(existing) !== canonicalJson(input)) {
        throw new ContractBroken(`The execution ${name} was started with another input.`);
      }
      if (existing === undefined) statuses.set(name, 'RUNNING');
      started.set(name, structuredClone(input));
    },
    async lifecycleStatus(name) {
      return statuses.get(name);
    },
  };
}
