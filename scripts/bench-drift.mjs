/**
 * `npm run bench:drift [-- --rows 1000000] [--runs 3] [--only ours,pandas]`: how fast a window of captures is read and judged, from one file, by
 * this engine and by others, each in a process of its own; in docs/benchmarks.md stands what was measured when. Exit code 1 only
 * where it could not run: a goal that is missed is printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { writeCaptures, writeTraining } from '../test/bench/drift/write-data.mjs';
import { nodeBinary, root, setUp } from './set-up.mjs';

const SOURCES = join(root, 'test', 'bench', 'drift');
const TRAINING_ROWS = 30_000;
/** Evidently needs about a minute for a million rows. */
const LIMIT_MS = 900_000;
/** Evidently and pandas need memory for every row. */
const MOST_ROWS_FOR_OTHERS = 2_000_000;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: 'ours,pandas,duckdb,evidently' },
  },
});
const rows = Number(values.rows);
const runs = Number(values.runs);
const only = values.only.split(',');
const cores = availableParallelism();
const say = (line = '') => process.stdout.write(`${line}\n`);

const environment = setUp();
const folder = mkdtempSync(join(tmpdir(), 'mlops-bench-drift-'));
try {
  await run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run() {
  const [training, captures, baseline] = ['training.csv', 'captures.jsonl', 'baseline.json'].map((name) =>
    join(folder, name),
  );
  const programs = await bundle();
  say(`${cpus()[0]?.model.trim()}, ${cores} cores, Node.js ${process.versions.node}. Writing ${rows} rows …`);
  writeTraining(training, TRAINING_ROWS);
  writeCaptures(captures, rows);
  node(join(programs, 'make-baseline.mjs'), training, baseline);
  say(
    `${(statSync(captures).size / 1e6).toFixed(0)} MB, ${(statSync(captures).size / rows).toFixed(0)} bytes a row.\n`,
  );

  const ours = (threads) => () => node(join(programs, 'read-with-ours.mjs'), baseline, captures, String(threads));
  const python = only.some((name) => name !== 'ours') ? await benchmarkPython() : undefined;
  const script =
    (name, ...inputs) =>
    () =>
      measure(python, join(SOURCES, name), ...inputs);
  const others = rows <= MOST_ROWS_FOR_OTHERS;
  const contenders = [
    ['ours', 'ours, 1 thread', ours(1)],
    ...(cores > 1 ? [['ours', `ours, ${cores} threads`, ours(cores)]] : []),
    ...(others ? [['pandas', 'orjson + pandas + numpy', script('read_with_pandas.py', baseline, captures)]] : []),
    ['duckdb', 'DuckDB, 1 thread', script('read_with_duckdb.py', baseline, captures, '1')],
    ...(cores > 1
      ? [['duckdb', `DuckDB, ${cores} threads`, script('read_with_duckdb.py', baseline, captures, String(cores))]]
      : []),
    ...(others ? [['evidently', 'Evidently report', script('read_with_evidently.py', training, captures)]] : []),
  ];
  if (!others)
    say(`pandas and Evidently keep every row in memory: they are measured up to ${MOST_ROWS_FOR_OTHERS} rows.`);

  say(`${'median of the runs'.padEnd(26)} rows/s  per CPU second  peak memory  ours is faster, by CPU time`);
  const results = new Map();
  for (const [kind, name, contend] of contenders) {
    if (!only.includes(kind) || (kind !== 'ours' && python === undefined)) continue;
    const result = medianOf(contend, kind === 'evidently' ? 1 : runs);
    if (result.refused !== undefined) say(`${name.padEnd(26)} skipped: ${result.refused}`);
    else results.set(name, result);
    if (result.refused === undefined) print(name, result, results.get('ours, 1 thread'));
  }
  printGoals(results);
  const [ours1, pandas] = ['ours, 1 thread', 'orjson + pandas + numpy'].map((name) => results.get(name)?.firstColumn);
  if (ours1 !== undefined && pandas !== undefined)
    say(`\nWasserstein-1/σ of the first column: ours ${ours1}, pandas and numpy ${pandas}.`);
}

function print(name, { rowsPerSecond, rowsPerCpuSecond, peakMegabytes }, ours) {
  const times = (mine, theirs) => `${(mine / theirs).toFixed(1)}×`;
  const ratios =
    ours === undefined || name.startsWith('ours')
      ? ['', '']
      : [times(ours.rowsPerSecond, rowsPerSecond), times(ours.rowsPerCpuSecond, rowsPerCpuSecond)];
  say(
    `${name.padEnd(26)} ${thousands(rowsPerSecond)}  ${thousands(rowsPerCpuSecond).padStart(14)}  ${peakMegabytes.toFixed(0).padStart(8)} MB  ${ratios[0].padStart(14)}  ${ratios[1].padStart(11)}`,
  );
}

/** By the clock, and in brackets by the processor's time, which says more on a machine that others use too. */
function printGoals(results) {
  const one = results.get('ours, 1 thread');
  if (one === undefined) return;
  const memory = Math.max(...[...results].filter(([name]) => name.startsWith('ours')).map(([, r]) => r.peakMegabytes));
  const unit = { rowsPerSecond: 1_000, rowsPerCpuSecond: 1_000 };
  const goals = [
    ['thousand rows/s on one core', unit, 1_200],
    ['times pandas', results.get('orjson + pandas + numpy'), 5],
    ['times DuckDB, a thread each', results.get('DuckDB, 1 thread'), 2],
    ['times Evidently', results.get('Evidently report'), 60],
  ];
  say();
  for (const [what, other, goal] of goals) {
    if (other === undefined) continue;
    const found = one.rowsPerSecond / other.rowsPerSecond;
    const byCpu = one.rowsPerCpuSecond / other.rowsPerCpuSecond;
    say(`${mark(found >= goal)} ${what}: ${found.toFixed(1)} (${byCpu.toFixed(1)}); the goal is ${goal} or more`);
  }
  say(`${mark(memory <= 128)} MB of memory at most: ${memory.toFixed(0)}; the goal is 128 or less`);
}

function mark(reached) {
  return reached ? '✓' : '✕';
}

/** The median by rows/s. */
function medianOf(contend, times) {
  const measured = [];
  for (let i = 0; i < times; i++) {
    const result = contend();
    if (result.refused !== undefined) return result;
    measured.push({
      ...result,
      rowsPerSecond: result.rows / result.seconds,
      rowsPerCpuSecond: result.rows / result.cpuSeconds,
    });
  }
  return measured.sort((a, b) => a.rowsPerSecond - b.rowsPerSecond)[Math.floor(times / 2)];
}

async function bundle() {
  const outdir = join(root, '.build', 'bench-drift');
  await build({
    ...{ absWorkingDir: root, outdir, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node' },
    ...{ target: 'node24', format: 'esm', packages: 'external', logLevel: 'warning' },
    entryPoints: {
      'read-with-ours': join(SOURCES, 'read-with-ours.ts'),
      'make-baseline': join(SOURCES, 'make-baseline.ts'),
      'capture-worker': join(root, 'shared', 'adapters', 'captures', 'capture-worker.ts'),
    },
  });
  return outdir;
}

function node(program, ...inputs) {
  const result = measure(nodeBinary, program, ...inputs);
  if (result.refused !== undefined) throw new Error(`${program} failed: ${result.refused}`);
  return result;
}

/** What a program prints about itself as JSON, or why there is nothing. */
function measure(command, ...inputs) {
  const { status, stdout, stderr, error, signal } = spawnSync(command, inputs, {
    env: environment,
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  if (error?.code === 'ETIMEDOUT') return { refused: `it was not done after ${LIMIT_MS / 60_000} minutes.` };
  if (status !== 0) return { refused: `it ended with ${status ?? signal}: ${stderr.trim().split('\n').at(-1) ?? ''}` };
  return stdout.trim() === '' ? {} : JSON.parse(stdout.trim().split('\n').at(-1));
}

/** The interpreter with the benchmark's packages; without a network the others are left out. */
async function benchmarkPython() {
  const { ensureVenv } = await import(join(root, '.build', 'python.mjs'));
  const request = {
    name: 'bench-drift',
    folder: join(root, '.local', 'venv'),
    requirements: [join(SOURCES, 'requirements.txt')],
    purpose: 'the benchmark (about a minute)',
  };
  try {
    return (await ensureVenv(request, say)).python;
  } catch (error) {
    say(`pandas, DuckDB and Evidently are left out: ${error.message}`);
    return undefined;
  }
}

function thousands(perSecond) {
  return `${(perSecond / 1_000).toFixed(0).padStart(5)}k`;
}
