/** `npm run package` and `npm run deploy`: the Serverless CLI of this clone, after what is missing was set up. */
import { spawnSync } from 'node:child_process';
import { root, SetUpError, setUp } from './set-up.mjs';

try {
  const { status } = spawnSync('serverless', process.argv.slice(2), { cwd: root, env: setUp(), stdio: 'inherit' });
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
