/** The value that a share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** A figure beside its goal. A goal that is missed is printed, and fails nothing: the machine may be busy. */
export function printGoal(what: string, found: string, reached: boolean, goal: string): void {
  say(`${reached ? '✓' : '✕'} ${what}: ${found}; the goal is ${goal}`);
}
