import { ContractBroken } from '../domain/faults.ts';
import { Judgement, type MonitorWindow, type WindowKey } from '../domain/monitor-window.ts';
import type { MonitorWindows } from '../ports/monitor-windows.ts';

/** The row of a window that was judged. @throws ContractBroken where it was not */
export async function judgedWindow(
  windows: Pick<MonitorWindows, 'find'>,
  key: WindowKey,
): Promise<{ row: MonitorWindow; judgement: Judgement }> {
  const row = await windows.find(key);
  const judgement = Judgement.safeParse(row);
  if (row?.status === 'judged' && judgement.success) return { row, judgement: judgement.data };
  const { from, to } = key.window;
  throw new ContractBroken(`The window ${from} to ${to} of ${key.model} in ${key.environment} was not judged.`);
}
