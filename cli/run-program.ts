import { CommanderError } from '@commander-js/extra-typings';
import type { BundleStore } from './bundle-store.ts';
import { CliError } from './cli-error.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs `mlops` with these arguments and answers the exit code: 0, or another one with the reason on the error stream. */
export async function runProgram(
  commandLine: readonly string[],
  terminal: Terminal,
  openStore?: (uri: string) => BundleStore,
): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(
    terminal,
    (code) => {
      exitCode = code;
    },
    openStore,
  );
  try {
    await program.parseAsync(commandLine, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.code === 'commander.help' && commandLine.length === 0 ? 1 : error.exitCode;
    if (!(error instanceof CliError)) throw error;
    terminal.error(error.message);
    return error.exitCode;
  }
}
