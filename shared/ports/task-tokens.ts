/** Answers tasks of workflows that wait for a token. `gone`: the task was answered before, timed out or never was. */
export type TaskTokens = {
  succeed(taskToken: string, output: Record<string, unknown>): Promise<'answered' | 'gone'>;
  fail(taskToken: string, name: string, message: string): Promise<'answered' | 'gone'>;
};
