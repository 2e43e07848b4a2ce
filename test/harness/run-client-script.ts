import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { venvFolder } from '../../local/world/prepare-tools.ts';
import { ensureVenv, type Venv } from '../../local/world/python.ts';

const run = promisify(execFile);
const LARGEST_OUTPUT_BYTES = 16 * 1024 * 1024;

/** A virtual environment with what the folder's `requirements.txt` pins: it is made once. */
export function pythonWith(name: string, folder: string, purpose: string): Promise<Venv> {
  const requirements = [join(folder, 'requirements.txt')];
  return ensureVenv({ name, folder: venvFolder, requirements, purpose }, (line) => process.stderr.write(`${line}\n`));
}

/** What the script printed. Its own output is the message of a failure. */
export async function runClientScript(
  { python }: Venv,
  folder: string,
  file: string,
  timeoutMs: number,
): Promise<string> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const options = { cwd: folder, env, timeout: timeoutMs, maxBuffer: LARGEST_OUTPUT_BYTES };
  return (await run(python, [file], options)).stdout;
}
