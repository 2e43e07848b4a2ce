/** A problem that the person or the CI job can solve: shown as it is, without a stack, and the command ends with `exitCode`. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number = 1;
}
