import { CliError } from './cli-error.ts';

/** A command that was called wrongly: nothing was tried. */
export class UsageError extends CliError {
  override readonly exitCode = 2;
}
