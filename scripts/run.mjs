/**
 * `node scripts/run.mjs <bundle> [arguments]`: sets up what is missing, then runs .build/<bundle>.mjs under Node 24 with
 * its own stdin, stdout and exit code.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { endWithNpm } from './end-with-npm.mjs';
import { nodeBinary, root, SetUpError, setUp } from './set-up.mjs';

const [bundle, ...programArguments] = process.argv.slice(2);
try {
  const environment = setUp();
  const file = join(root, '.build', `${bundle}.mjs`);
  if (!bundle || !existsSync(file))
    throw new SetUpError(
      `There is no program "${bundle}" in .build/: see the messages above, or scripts/build.mjs for those that are.`,
    );
  run(file, environment);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function run(file, environment) {
  // The fourth descriptor closes when this process ends, however it ends: the program then ends too.
  const program = spawn(nodeBinary, ['--enable-source-maps', file, ...programArguments], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environment,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => program.kill(signal));
  endWithNpm(() => program.kill('SIGTERM'));
  // So does whoever started this one with a channel, as the tests do.
  if (process.connected) process.on('disconnect', () => program.kill('SIGTERM'));
  program.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
