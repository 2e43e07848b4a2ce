/** `npm run check`: everything that can be told without running the product. Each check is named; the exit code is true. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, SetUpError, setUp } from './set-up.mjs';

const say = (line) => process.stdout.write(`${line}\n`);

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const leave = () => process.exit(1);

/** The CLI writes an explicit DependsOn beside a GetAtt that says the same: the one finding that is not ours. */
const CAUSED_BY_THE_CLI = 'W3005';

try {
  const env = setUp();
  const run = (command, ...args) => spawnSync(command, args, { cwd: root, env, stdio: 'inherit' }).status === 0;

  const checks = [
    ['format and lint (Biome)', () => run('biome', 'check', '--error-on-warnings')],
    ['types (tsc)', () => run('tsc', '--noEmit')],
    [
      'who imports whom (dependency-cruiser)',
      () =>
        run('depcruise', '--config', '.dependency-cruiser.mjs', 'functions', 'shared', 'events', 'web', 'cli', 'local'),
    ],
    ['unused code and packages (knip)', () => run('knip')],
    ['workflows', () => run('node', 'scripts/lint-workflows.mjs')],
    ['onboarding records', () => run('node', 'scripts/lint-onboarding.mjs')],
    ['template (cfn-lint)', () => lintTemplate(run)],
  ];

  const failed = [];
  for (const [name, check] of checks) {
    say(`— ${name}`);
    if (!(await check())) failed.push(name);
  }
  say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join('; ')}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetUpError) && error?.name !== 'WorldError') throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function lintTemplate(run) {
  const { ensureVenv } = await import(join(root, '.build', 'python.mjs'));
  // Leaving by exit() ends pip too.
  for (const signal of signals) process.on(signal, leave);
  const { bin } = await ensureVenv(
    {
      name: 'check',
      folder: join(root, '.local', 'venv'),
      requirements: [join(root, 'scripts', 'check-requirements.txt')],
      purpose: 'checking the template (about 15 s)',
    },
    say,
  );
  for (const signal of signals) process.off(signal, leave);
  const folder = mkdtempSync(join(tmpdir(), 'mlops-check-'));
  try {
    return (
      run('serverless', 'package', '--stage', 'check', '--package', folder) &&
      run(
        join(bin, 'cfn-lint'),
        '--ignore-checks',
        CAUSED_BY_THE_CLI,
        '--',
        join(folder, 'cloudformation-template-update-stack.json'),
      )
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
