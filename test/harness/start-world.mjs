/**
 * Jest's global set-up for the projects that need the laptop's world: one world and one deployment for all tests of a run
 * of Jest (`npm test` has two side by side), on free ports and a state folder of its own, under enforced IAM. What
 * `local -- env` exports stands in process.env of every test.
 *
 * MLOPS_TEST_WORLD=<state folder> uses a world that runs already (`npm run local -- --state-folder …`); `none` starts none.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const startTimeoutMs = 300_000;

export default async function startWorld() {
  if (process.env.MLOPS_TEST_WORLD === 'none') return;
  const running = process.env.MLOPS_TEST_WORLD;
  const folder = running ?? mkdtempSync(join(tmpdir(), 'mlops-test-world-'));
  const world = running === undefined ? spawnWorld(folder) : undefined;
  const run = await whenReady(folder, world);
  // A shell's own account must not win over the world's keys.
  for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
  Object.assign(process.env, run.environment, { MLOPS_TEST_WORLD: folder });
  globalThis.mlopsTestWorld = world === undefined ? undefined : { process: world, folder };
}

function spawnWorld(folder) {
  const world = spawn(
    process.execPath,
    [join(root, 'scripts', 'run.mjs'), 'local', '--free-ports', '--state-folder', folder],
    // When Jest is killed, the channel closes, and the world ends.
    { stdio: ['ignore', 2, 2, 'ipc'], env: { ...process.env, LOCAL_SAGEMAKER_FAULTS: 'on' } },
  );
  // Jest may end without its tear-down; the world then ends with it.
  process.on('exit', () => world.kill('SIGTERM'));
  return world;
}

async function whenReady(folder, world) {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    const run = readRunFile(join(folder, 'run.json'));
    if (run?.ready) return run;
    if (world !== undefined && (world.exitCode !== null || world.signalCode !== null)) {
      throw new Error(
        `The world of the tests did not start: its messages stand above, its logs in ${join(folder, 'logs')}.`,
      );
    }
    if (world === undefined && run === undefined) throw new Error(`No world runs on ${folder} (MLOPS_TEST_WORLD).`);
    await delay(100);
  }
  throw new Error(
    `The world of the tests was not ready within ${startTimeoutMs / 1000} s: its logs stand in ${join(folder, 'logs')}.`,
  );
}

function readRunFile(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
