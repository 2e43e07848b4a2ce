import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Credentials } from '../../local/world/credentials.ts';
import type { PartName } from '../../local/world/part-names.ts';
import { type RunFile, readRunFile } from '../../local/world/run-file.ts';
import { stateFolderAt } from '../../local/world/state-folder.ts';

/** The world that the global set-up started, as the tests see it. */
export function testWorld(): RunFile {
  const run = readRunFile(join(folder(), 'run.json'));
  if (run === undefined) throw new Error('the world of the tests is not running');
  return run;
}

export function testCredentials(): Credentials {
  return Credentials.parse(JSON.parse(readFileSync(stateFolderAt(folder()).credentialsFile, 'utf8')));
}

/** Stops a part, by SIGKILL without a warning, and starts it again on the same state; resolves when it is ready. */
export async function restartPart(part: PartName, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  const { control } = testWorld();
  const response = await fetch(`${control.url}/parts/${part}/restart?signal=${signal}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${control.token}` },
  });
  if (!response.ok) throw new Error(`restart of ${part} failed: ${await response.text()}`);
}

/** Variable of `local -- env`. */
export function worldVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: these tests need the world of test/harness/start-world.mjs`);
  return value;
}

function folder(): string {
  return worldVariable('MLOPS_TEST_WORLD');
}
