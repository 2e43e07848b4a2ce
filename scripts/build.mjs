/** Builds what runs outside Lambda, `local/` and `cli/`, into .build/: Node can't load .tsx, and nobody wants to compile by hand. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileKernel } from './compile-kernel.mjs';
import { compileOnboarding } from './compile-onboarding.mjs';
import { compileRunbooks } from './compile-runbooks.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const programs = {
  cli: 'cli/main.ts',
  'capture-worker': 'shared/adapters/captures/capture-worker.ts',
  local: 'local/main.ts',
  demo: 'local/demo/main.ts',
  'demo-drift': 'local/demo/drift.ts',
  sagemaker: 'local/sagemaker/main.ts',
  gitlab: 'local/gitlab/main.ts',
  inbox: 'local/inbox/main.ts',
  front: 'local/front/main.ts',
  'end-with-parent': 'local/world/end-with-parent.ts',
  python: 'local/world/python.ts',
};

compileOnboarding();
compileRunbooks();
await compileKernel();

const settings = {
  absWorkingDir: root,
  outdir: '.build',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  packages: 'external',
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  sourcemap: true,
  logLevel: 'warning',
  write: false,
};

mkdirSync(join(root, '.build'), { recursive: true });
const built = await Promise.all(Object.entries(programs).map(([name, source]) => buildProgram(name, source)));
if (built.includes(false)) process.exitCode = 1;
else if (process.env.SOURCES_SHA256) writeWhole(join(root, '.build', 'sources.sha256'), process.env.SOURCES_SHA256);

/** A program that doesn't compile leaves no bundle of an older source behind, and doesn't hinder the others. */
async function buildProgram(name, source) {
  if (!existsSync(join(root, source))) return true;
  try {
    const { outputFiles } = await build({ ...settings, entryPoints: { [name]: source } });
    for (const { path, text } of outputFiles) writeWhole(path, text);
    return true;
  } catch {
    // esbuild has printed why.
    rmSync(join(root, '.build', `${name}.mjs`), { force: true });
    return false;
  }
}

/** A program may start while its bundle is being replaced: write beside it, then rename. */
function writeWhole(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
