import { join } from 'node:path';
import type { Credentials } from '../../../local/world/credentials.ts';
import { worldUrls } from '../../../local/world/environment.ts';
import { partDefinitions } from '../../../local/world/part-definitions.ts';
import { type PartProcess, startPart } from '../../../local/world/part-process.ts';
import { findFreePorts } from '../../../local/world/ports.ts';
import { prepareTools, venvFolder } from '../../../local/world/prepare-tools.ts';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { say } from '../figures.ts';

/** Settings of the world, not of the emulator: as released it asks for no grants and keeps nothing. */
const OURS = /^(AUTH|PERSIST_STATE|S3_PERSIST|LAUNCHER_.*)$/;

/**
 * The emulator as it is released, beside the world's: without our launcher, which closes its gaps and takes out its waits. It
 * lives until it is stopped.
 */
export async function startReleasedEmulator(
  folder: string,
  credentials: Credentials,
): Promise<{ endpoint: string; part: PartProcess }> {
  const ports = await findFreePorts();
  const urls = worldUrls(ports);
  const venvs = await prepareTools(['aws'], venvFolder, say);
  const ours = partDefinitions.aws({
    folder: stateFolderAt(join(folder, 'released')),
    ports,
    urls,
    credentials,
    venvs,
  });
  const environment = Object.fromEntries(Object.entries(ours.environment).filter(([name]) => !OURS.test(name)));
  const part = await startPart({ ...ours, arguments: ['-m', 'ministack'], environment });
  return { endpoint: urls.aws, part };
}
