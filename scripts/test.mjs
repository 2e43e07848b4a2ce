/**
 * `npm test`: installs what is missing, then runs all tests: fast ones, those of the sample repository, and those that need
 * the laptop's world. The last line is `N passed, N failed`. Arguments are passed to Jest as paths of tests; `--nightly` adds
 * what takes too long for every day.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithNpm } from './end-with-npm.mjs';
import { findBrowser } from './find-browser.mjs';
import { nodeBinary, root, SetUpError, setUp } from './set-up.mjs';

const paths = process.argv.slice(2).filter((argument) => argument !== '--nightly');
const nightly = process.argv.includes('--nightly') || paths.some((path) => path.includes('test/nightly'));
const results = mkdtempSync(join(tmpdir(), 'test-results-'));
const children = new Set();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => interrupt(signal));
}
endWithNpm(() => interrupt('SIGTERM'));

try {
  const environment = setUp();
  await run(
    nodeBinary,
    [join(root, '.build', 'local.mjs'), 'prepare'],
    environment,
    'The Python packages could not be installed: see above.',
  );
  environment.MLOPS_BROWSER = await findBrowser(environment);
  // Properties meet the same examples by day and others every night: see test/harness/repeatable-properties.ts.
  if (nightly) environment.MLOPS_TEST_SEED ??= String(Date.now() % 2 ** 31);
  const counts = [
    await jest('fast', ['unit', 'contract', 'clients', 'local-gitlab'], ['--maxWorkers', '100%'], environment),
    ...(paths.length > 0 ? [] : [await pytest(environment)]),
    ...(await inWorlds([
      () => jest('integration', ['integration'], ['--runInBand'], environment),
      () => jest('end-to-end', ['e2e', 'browser', ...(nightly ? ['nightly'] : [])], ['--runInBand'], environment),
    ])),
  ];
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}

function interrupt(signal) {
  interrupted = true;
  for (const child of children) child.kill(signal);
}

/**
 * Each in a world of its own and all side by side, since much of their time is waiting; one after the other in a world that runs
 * already. In each, tests go one after the other, and some restart parts.
 */
async function inWorlds(parts) {
  if (process.env.MLOPS_TEST_WORLD === undefined) return Promise.all(parts.map((part) => part()));
  const counts = [];
  for (const part of parts) counts.push(await part());
  return counts;
}

/** A suite that can't be loaded, a test that is skipped and an aborted run count as failures. */
async function jest(name, projects, options, environment) {
  const outputFile = join(results, `${name}.json`);
  const { code } = await start(
    nodeBinary,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--selectProjects', ...projects],
      ...options,
      ...['--json', '--outputFile', outputFile, '--passWithNoTests'],
      ...(paths.length > 0 ? ['--', ...paths] : []),
    ],
    {
      ...environment,
      NODE_OPTIONS: [environment.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings'].filter(Boolean).join(' '),
    },
    // Jest writes its report to stderr; with --json, stdout holds the results once more.
    ['ignore', 'ignore', 'inherit'],
  );
  const result = readResult(outputFile);
  const failed =
    result.numFailedTests + result.numPendingTests + result.numTodoTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Jest ended before it had results, for instance because the world didn't start.
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };
  }
}

async function pytest(environment) {
  const report = join(results, 'pytest.xml');
  const python = join(root, '.local', 'venv', 'ml', 'bin', 'python3');
  const options = ['-m', 'pytest', '--quiet', '-p', 'no:cacheprovider', `--junit-xml=${report}`];
  const { code } = await start(
    python,
    options,
    { ...environment, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' },
    ['ignore', 2, 2],
    join(root, 'ml', 'flight-delays'),
  );
  const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(readText(report))?.[1] ?? 0);
  const failed = count('failures') + count('errors') + count('skipped');
  return { passed: count('tests') - failed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function run(command, options, environment, sentence) {
  const { code } = await start(command, options, environment, ['ignore', 2, 2]);
  if (code !== 0) throw new SetUpError(sentence);
}

function start(command, options, environment, stdio, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, options, { cwd, env: environment, stdio });
    children.add(child);
    child.on('error', reject);
    child.on('exit', (code) => {
      children.delete(child);
      if (interrupted) reject(new SetUpError('The tests were interrupted.'));
      else resolve({ code: code ?? 1 });
    });
  });
}
