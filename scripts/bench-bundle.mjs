/**
 * `npm run bench:bundle`: size and initialisation time of every Lambda's bundle, as it is deployed. Each is loaded in a fresh
 * process, five times, beside an empty module; the median of the difference is printed. Exit code 1 where a bundle is too large.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeBinary, root, setUp } from './set-up.mjs';

const LIMIT_KB = 500;
const PAGES_LIMIT_KB = 800;
const ROUNDS = 5;

const env = setUp();
const folder = mkdtempSync(join(tmpdir(), 'mlops-bundles-'));
try {
  execFileSync('serverless', ['package', '--stage', 'bench', '--package', join(folder, 'package')], {
    cwd: root,
    env,
    stdio: 'ignore',
  });
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export {};\n');
  const archives = readdirSync(join(folder, 'package')).filter((file) => file.endsWith('.zip'));
  const rows = archives.map((archive) => measure(archive, empty));
  for (const { name, kilobytes, milliseconds, limit } of rows.sort((a, b) => b.kilobytes - a.kilobytes)) {
    const mark = kilobytes > limit ? `✕ over ${limit} kB` : '✓';
    process.stdout.write(
      `${name.padEnd(24)} ${kilobytes.toFixed(0).padStart(5)} kB  ${milliseconds.toFixed(0).padStart(4)} ms  ${mark}\n`,
    );
  }
  process.exitCode = rows.some(({ kilobytes, limit }) => kilobytes > limit) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(archive, empty) {
  const name = basename(archive, '.zip');
  const target = join(folder, name);
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'package', archive), target]);
  const bundle = readdirSync(target, { recursive: true })
    .map(String)
    .find((file) => file.endsWith('.mjs'));
  const file = join(target, bundle);
  const times = Array.from({ length: ROUNDS }, () => loadTime(file) - loadTime(empty)).sort((a, b) => a - b);
  return {
    name,
    kilobytes: statSync(file).size / 1000,
    milliseconds: times[Math.floor(ROUNDS / 2)],
    limit: name === 'servePages' ? PAGES_LIMIT_KB : LIMIT_KB,
  };
}

/** Milliseconds from before to after the import, measured inside a fresh process. */
function loadTime(file) {
  const program = `const t = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - t); process.exit(0);`;
  const { stdout } = spawnSync(nodeBinary, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...env, AWS_REGION: 'eu-central-1' },
  });
  return Number(stdout);
}
