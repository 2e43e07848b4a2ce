import type { BundleStore } from '../../../cli/bundle-store.ts';
import { CliError } from '../../../cli/cli-error.ts';
import { runProgram } from '../../../cli/run-program.ts';

/** Runs `mlops` and keeps what it wrote. */
export async function runMlops(
  commandLine: string[],
  { env = {}, cwd = process.cwd(), store }: { env?: Record<string, string>; cwd?: string; store?: BundleStore } = {},
): Promise<{ exitCode: number; out: string[]; error: string[] }> {
  const out: string[] = [];
  const error: string[] = [];
  const terminal = {
    out: (line: string) => void out.push(line),
    error: (line: string) => void error.push(line),
    env,
    cwd,
  };
  const exitCode = await runProgram(commandLine, terminal, store && (() => store));
  return { exitCode, out, error };
}

export type FakeStore = BundleStore & { files: Map<string, string>; order: string[] };

/** Keeps bytes once, as S3 does with `If-None-Match: *`. */
export function fakeStore(taken: Record<string, string> = {}): FakeStore {
  const files = new Map(Object.entries(taken));
  const order: string[] = [];
  return {
    files,
    order,
    async putOnce(path, bytes) {
      const text = new TextDecoder().decode(bytes);
      order.push(path);
      if (files.has(path) && files.get(path) !== text) throw new CliError(`${path} holds another file already.`);
      if (files.has(path)) return 'was-there';
      files.set(path, text);
      return 'uploaded';
    },
  };
}
