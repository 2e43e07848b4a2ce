/**
 * `npm run bench:lifecycle [-- --at-once 20] [--runs 3]`: seconds from webhook to live in three environments with scripts that do
 * nothing and an approval at once, beside what the local AWS takes for as many bare calls and states; then many lifecycles at
 * once, and the memory of the whole world; in docs/benchmarks.md stands what was measured when. It works in a copy of the clone,
 * which has more onboarded models than this one, on free ports, and takes it away again. Exit code 1 only where it could not
 * run: a goal that is missed is printed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchModels, writeOnboarding } from '../test/bench/lifecycle/onboarded-models.mjs';
import { endWithNpm } from './end-with-npm.mjs';
import { bundleBench } from './run-bench.mjs';
import { nodeBinary, root, setUp } from './set-up.mjs';

const HELP = `npm run bench:lifecycle [-- options]

  --at-once <number>   lifecycles at once, each of a model of its own (20)
  --runs <number>      lifecycles one after the other, after a first one that isn't counted (3)
  --keep               keep the copy of the clone with its logs
`;
const COPIED = [
  ...['cli', 'docs', 'events', 'functions', 'local', 'ml', 'onboarding', 'plugins', 'resources', 'scripts', 'shared'],
  ...['statemachines', 'templates', 'web', 'package.json', 'package-lock.json', 'serverless.yml', 'tsconfig.json'],
];

const { values } = parseArgs({
  options: {
    'at-once': { type: 'string', default: '20' },
    runs: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await run();

async function run() {
  const environment = setUp();
  const copy = mkdtempSync(join(tmpdir(), 'mlops-bench-lifecycle-'));
  process.on('exit', () => {
    if (values.keep) process.stdout.write(`The copy stands in ${copy}.\n`);
    else rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const name of COPIED) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, '.local'));
  mkdirSync(join(root, '.local', 'venv'), { recursive: true });
  symlinkSync(join(root, '.local', 'venv'), join(copy, '.local', 'venv'));
  writeOnboarding(join(copy, 'onboarding'), benchModels(Number(values['at-once'])));
  const built = spawnSync(nodeBinary, [join(copy, 'scripts', 'build.mjs')], { cwd: copy, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) throw new Error('The copy of the clone could not be built: see above.');
  const bundle = await bundleBench('bench-lifecycle', 'test/bench/lifecycle/main.ts', join(copy, '.build'));
  const given = [bundle, values['at-once'], values.runs];
  const bench = spawn(nodeBinary, ['--enable-source-maps', ...given], {
    stdio: 'inherit',
    env: environment,
    cwd: copy,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => bench.kill(signal));
  endWithNpm(() => bench.kill('SIGTERM'));
  bench.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
