import { beforeEach, expect, it } from '@jest/globals';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import type { Executions } from '../../../shared/ports/executions.ts';
import { anyId } from './any-names.ts';

/** What every `Executions` does, over a workflow that runs for a while. */
export function executionsContract(make: () => Promise<Executions>) {
  let executions: Executions;
  let name: string;

  beforeEach(async () => {
    executions = await make();
    name = anyId();
  });

  const input = (attempt = 1) => ({ runId: name, model: 'flight-delays', attempt, environments: ['dev', 'prod'] });

  it('starts an execution that then runs', async () => {
    await executions.startLifecycle(name, input());
    expect(await executions.lifecycleStatus(name)).toBe('RUNNING');
  });

  it('knows no execution that was never started', async () => {
    expect(await executions.lifecycleStatus(name)).toBeUndefined();
  });

  it('does nothing when the same execution is started again', async () => {
    await executions.startLifecycle(name, input());
    await expect(executions.startLifecycle(name, input())).resolves.toBeUndefined();
  });

  it('starts one of five that race', async () => {
    const starts = await Promise.all(Array.from({ length: 5 }, () => executions.startLifecycle(name, input())));
    expect(starts).toHaveLength(5);
    expect(await executions.lifecycleStatus(name)).toBe('RUNNING');
  });

  it('refuses another input under a name that is taken', async () => {
    await executions.startLifecycle(name, input(1));
    await expect(executions.startLifecycle(name, input(2))).rejects.toThrow(ContractBroken);
  });
}
