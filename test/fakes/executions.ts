import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import type { Executions, LifecycleInput } from '../../shared/ports/executions.ts';

type Status = NonNullable<Awaited<ReturnType<Executions['lifecycleStatus']>>>;
export type FakeExecutions = Executions & {
  started: Map<string, LifecycleInput>;
  end: (name: string, status: Status) => void;
};

/** Executions of one workflow in memory: each runs until `end` is called. */
export function fakeNamedExecutions<Input extends object>() {
  const started = new Map<string, Input>();
  const statuses = new Map<string, Status>();
  return {
    started,
    end(name: string, status: Status) {
      statuses.set(name, status);
    },
    async start(name: string, input: Input) {
      const existing = started.get(name);
      if (existing !== undefined && canonicalJson(existing) !== canonicalJson(input)) {
        throw new ContractBroken(`The execution ${name} was started with another input.`);
      }
      if (existing === undefined) statuses.set(name, 'RUNNING');
      started.set(name, structuredClone(input));
    },
    async status(name: string) {
      return statuses.get(name);
    },
  };
}

export function fakeExecutions(): FakeExecutions {
  const { started, end, start, status } = fakeNamedExecutions<LifecycleInput>();
  return { started, end, startLifecycle: start, lifecycleStatus: status };
}
