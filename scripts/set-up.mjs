/**
 * Makes a clone ready to run: packages as the lock file says, bundles as the sources say, and Node 24 from its package.
 * Plain JavaScript without dependencies, for Node 20.19 and later, since nothing is installed yet when it runs.
 * Progress goes to stderr: stdout belongs to the program that is started afterwards.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const nodeBinary = join(root, 'node_modules', '.bin', 'node');

/** What the bundles in .build/ are made from. */
const sourceFolders = ['cli', 'docs/runbooks', 'events', 'functions', 'local', 'onboarding', 'shared', 'web'];
const buildScript = join('scripts', 'build.mjs');

/** A problem that the person at the keyboard can solve; its message says how. */
export class SetUpError extends Error {
  name = 'SetUpError';
}

/** Installs what is missing, builds what is outdated, and answers the environment for the programs. */
export function setUp(say = (line) => process.stderr.write(`${line}\n`)) {
  requireNode();
  installPackages(say);
  requireNode24();
  const environment = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };
  buildBundles(environment);
  return environment;
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetUpError(
    `Node.js ${process.versions.node} is too old: install Node.js 20.19 or later from https://nodejs.org.`,
  );
}

function installPackages(say) {
  if (packagesMatchLock()) return;
  say('Installing npm packages (npm ci), about a minute …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.error) throw new SetUpError(`npm can't be started (${npm.error.message}): install Node.js with npm.`);
  if (npm.status !== 0) throw new SetUpError('npm ci failed: see its messages above, then run the command again.');
}

/** npm keeps what it installed in node_modules/.package-lock.json; times say nothing after a checkout, versions do. */
function packagesMatchLock() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.link || installed[path]?.version === entry.version,
  );
}

function requireNode24() {
  const answer = spawnSync(nodeBinary, ['-v'], { encoding: 'utf8' });
  if (answer.status === 0 && answer.stdout.startsWith('v24.')) return;
  throw new SetUpError(
    'The npm package "node" has no working Node.js 24 binary: its install script was not allowed to run. ' +
      'Run "npm rebuild node" in this folder, then run the command again.',
  );
}

function buildBundles(environment) {
  const stamp = join(root, '.build', 'sources.sha256');
  const digest = sourcesDigest();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  spawnSync(nodeBinary, [join(root, buildScript)], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...environment, SOURCES_SHA256: digest },
  });
}

/** Names, sizes and times of all sources: two milliseconds, against half a second for a build. */
function sourcesDigest() {
  const hash = createHash('sha256');
  for (const file of [buildScript, 'package-lock.json', ...sourceFolders.flatMap(filesBelow)]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : filesBelow(path);
      return /\.(tsx?|json|ya?ml|mjs|md)$/.test(entry.name) ? [path] : [];
    });
}
