/** The `code` of an error of Node (`ENOENT`), `undefined` for anything else. */
export function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** What a failed child process wrote on its error stream, else the error's message. */
export function saidBy(error: unknown): string {
  return textOf(error, 'stderr')?.trim() || textOf(error, 'message') || String(error);
}

function textOf(error: unknown, key: string): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === 'string' ? value : undefined;
}
