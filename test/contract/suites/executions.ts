import { beforeEach, expect, it } from '@jest/globals';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import { anyId } from './any-names.ts';

type Input = { runId: string; model: string; attempt: number; environments: readonly string[] };
type NamedExecutions = {
  start: (name: string, input: Input) => Promise<void>;
  status: (name: string) => Promise<string | undefined>;
};

/** What the executions of every workflow do, over one that runs for a while. */
export function executionsContract(make: () => Promise<NamedExecutions>) {
  let executions: NamedExecutions;
  let name: string;

  beforeEach(async () => {
    executions = await make();
    name = anyId();
  });

  const input = (attempt = 1) => ({ runId: name, model: 'flight-delays', attempt, environments: ['dev', 'prod'] });

  it('starts an execution that then runs', async () => {
    await executions.start(name, input());
    expect(await executions.status(name)).toBe('RUNNING');
  });

  it('knows no execution that was never started', async () => {
    expect(await executions.status(name)).toBeUndefined();
  });

  it('does nothing when the same execution is started again', async () => {
    await executions.start(name, input());
    await expect(executions.start(name, input())).resolves.toBeUndefined();
  });

  it('starts one of five that race', async () => {
    const starts = await Promise.all(Array.from({ length: 5 }, () => executions.start(name, input())));
    expect(starts).toHaveLength(5);
    expect(await executions.status(name)).toBe('RUNNING');
  });

  it('refuses another input under a name that is taken', async () => {
    await executions.start(name, input(1));
    await expect(executions.start(name, input(2))).rejects.toThrow(ContractBroken);
  });
}
