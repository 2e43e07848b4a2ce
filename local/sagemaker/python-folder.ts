import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this server's Python files stand: beside this file, or, for the bundle in .build/, in the sources that it was made from. */
export function pythonFile(...path: string[]): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, 'python', ...path);
  return existsSync(beside) ? beside : join(here, '..', 'local', 'sagemaker', 'python', ...path);
}
