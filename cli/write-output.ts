import { writeFile } from 'node:fs/promises';
import { codeOf, saidBy } from './error-facts.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError where the file can't be written */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such folder' : saidBy(error);
    throw new UsageError(`${path} can't be written: ${reason}.`, { cause: error });
  }
}
