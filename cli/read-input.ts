import { readFile } from 'node:fs/promises';
import { codeOf, saidBy } from './error-facts.ts';
import { UsageError } from './usage-error.ts';

/** `what` names the file in sentences: "baseline". @throws UsageError where it is missing, unreadable or no JSON */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const bytes = await readBytes(path, what);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new UsageError(`The ${what} ${path} is not JSON: ${saidBy(error)}.`, { cause: error });
  }
}

/** @throws UsageError */
export async function readBytes(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(cannotRead(path, what, error), { cause: error });
  }
}

/** Why a file or folder can't be read, in a sentence. */
export function cannotRead(path: string, what: string, error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no ${what} ${path}.`;
  if (code === 'EISDIR') return `The ${what} ${path} is a folder: name a file.`;
  if (code === 'EACCES' || code === 'EPERM') return `The ${what} ${path} may not be read: you lack the permission.`;
  return `The ${what} ${path} can't be read: ${saidBy(error)}.`;
}
