import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { endWithNpm } from './end-with-npm.mjs';
import { nodeBinary, root, setUp } from './set-up.mjs';

/** Bundles a benchmark from its source and runs it under Node 24; its exit code is this process's. */
export async function runBench(name, source, given) {
  const environment = setUp();
  const bundle = await bundleBench(name, source, join(root, '.build'));
  const bench = spawn(nodeBinary, ['--enable-source-maps', bundle, ...given], { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => bench.kill(signal));
  endWithNpm(() => bench.kill('SIGTERM'));
  bench.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** One file below a folder, which decides for what clone it works. */
export async function bundleBench(name, source, folder) {
  const outfile = join(folder, name, 'main.mjs');
  await build({
    ...{ absWorkingDir: root, entryPoints: [source], outfile, bundle: true, platform: 'node', target: 'node24' },
    ...{ format: 'esm', packages: 'external', sourcemap: true, jsx: 'automatic', jsxImportSource: 'hono/jsx' },
    logLevel: 'warning',
  });
  return outfile;
}
