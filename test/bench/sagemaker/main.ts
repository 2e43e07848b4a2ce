/** What `npm run bench:sagemaker` runs: see scripts/bench-sagemaker.mjs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientSettings } from '../../../local/world/environment.ts';
import type { PartContext } from '../../../local/world/part-definitions.ts';
import { median, printGoal, say } from '../figures.ts';
import { residentMegabytes } from '../processes.ts';
import { sagemakerApi } from './http-client.ts';
import { measureOperations } from './measure-api.ts';
import { AT_ONCE, measureMany, measureSteps } from './measure-executions.ts';
import { CONNECTIONS, measureInvocations } from './measure-invocations.ts';
import { EXECUTIONS_EACH, measureLists, PIPELINES, writeManyPipelines } from './measure-lists.ts';
import {
  emptyState,
  type MotoServer,
  motoPython,
  prepareParts,
  startAws,
  startMoto,
  startSageMaker,
  timeStart,
} from './servers.ts';

const STARTS = 5;
const BUCKET = 'bench';
const only = new Set((process.argv[2] ?? 'start,api,invoke,lists,executions').split(','));
const withMoto = only.has('api') && process.argv[3] !== 'without-moto';

const root = mkdtempSync(join(tmpdir(), 'mlops-bench-sagemaker-'));
const stops: (() => unknown)[] = [];
process.on('exit', () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void stopAll().then(() => process.exit(1)));
try {
  await bench();
} finally {
  await stopAll();
}
process.exit();

async function bench(): Promise<void> {
  say(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node.js ${process.versions.node}\n`);
  const context = await prepareParts(root);
  const aws = await startAws(context);
  process.on('exit', aws.killNow);
  stops.push(() => aws.stop());
  const state = context.folder.partState('sagemaker');
  mkdirSync(state, { recursive: true });
  if (only.has('start')) await startUp(context, state);
  if (only.has('lists')) writeManyPipelines(state);
  const server = await startSageMaker(context);
  process.on('exit', server.killNow);
  stops.unshift(() => server.stop());

  const url = context.urls.sagemaker;
  const api = sagemakerApi(url);
  const upload = await bucketOf(context);
  const folder = join(root, 'bench');
  mkdirSync(folder);
  if (only.has('lists')) {
    const { pipelines, executions } = await measureLists(api);
    const found = (pages: typeof pipelines) =>
      `${pages.medianMs.toFixed(1)} ms a page, the slowest of ${pages.pages} ${pages.slowestMs.toFixed(1)} ms`;
    const what = `${PIPELINES} pipelines with ${EXECUTIONS_EACH} executions each`;
    printGoal(`ListPipelines of ${what}`, found(pipelines), pipelines.medianMs <= 50, '50 ms or less');
    printGoal(`ListPipelineExecutions of ${what}`, found(executions), executions.medianMs <= 50, '50 ms or less');
  }
  if (only.has('api')) {
    const moto = withMoto ? await motoIfPossible() : undefined;
    const figures = await measureOperations({ url, pid: server.pid }, moto);
    moto?.stop();
    const describes = figures.filter(({ operation }) => operation.startsWith('Describe'));
    const slowest = Math.min(...describes.map(({ perSecond }) => perSecond));
    const byCpu = Math.min(...describes.map(({ perCpuSecond }) => perCpuSecond));
    printGoal(
      'The slowest Describe*',
      `${slowest.toFixed(0)}/s (${byCpu.toFixed(0)} per CPU second)`,
      slowest >= 2000,
      '2,000/s or more',
    );
  }
  if (only.has('invoke')) {
    const { direct, invoked, cpuMs, directMedianMs, overheadMs } = await measureInvocations(
      { url, pid: server.pid },
      api,
      upload,
      folder,
    );
    const ms = (time: number) => `${time.toFixed(2)} ms`;
    printGoal(
      'InvokeEndpoint beyond a direct call at the median',
      `${ms(overheadMs)} (the direct call takes ${ms(directMedianMs)})`,
      overheadMs <= 2,
      '2 ms or less',
    );
    printGoal(
      `InvokeEndpoint with ${CONNECTIONS} connections`,
      `${invoked.perSecond.toFixed(0)}/s (the worker alone ${direct.perSecond.toFixed(0)}/s; the server uses ${ms(cpuMs)} of CPU time a call)`,
      invoked.perSecond >= 500,
      '500/s or more',
    );
  }
  if (only.has('executions')) await executions(context, server.pid, upload, folder);
  say(`Memory of the server at the end: ${residentMegabytes(server.pid).toFixed(0)} MB`);
}

async function startUp(context: PartContext, state: string): Promise<void> {
  await printStarts('Start on an empty state', () => timeStart(emptyState(context)));
  if (!only.has('lists')) return;
  writeManyPipelines(state);
  await printStarts(`Start on ${PIPELINES} pipelines with ${EXECUTIONS_EACH} executions each`, () =>
    timeStart(context),
  );
}

async function printStarts(what: string, start: () => Promise<{ tookMs: number; cpuMs: number }>): Promise<void> {
  const starts: { tookMs: number; cpuMs: number }[] = [];
  for (let each = 0; each < STARTS; each += 1) starts.push(await start());
  const tookMs = median(starts.map((each) => each.tookMs));
  const cpuMs = median(starts.map((each) => each.cpuMs));
  const found = `${(tookMs / 1000).toFixed(2)} s (${(cpuMs / 1000).toFixed(2)} s of CPU time)`;
  printGoal(what, found, tookMs <= 1000, '1 s or less');
}

async function executions(
  context: PartContext,
  pid: number,
  upload: (key: string, body: Buffer) => Promise<string>,
  folder: string,
): Promise<void> {
  const api = sagemakerApi(context.urls.sagemaker);
  const script = join(folder, 'noop.py');
  writeFileSync(script, 'pass\n');
  const code = await upload('code/noop.py', Buffer.from('pass\n'));
  const { stepMs, pythonMs, oursMs } = await measureSteps(api, context.venvs.ml?.python ?? 'python3', script, code);
  printGoal(
    'A step beyond its Python at the median',
    `${oursMs.toFixed(0)} ms (the step takes ${stepMs.toFixed(0)} ms, a bare start of its script ${pythonMs.toFixed(0)} ms)`,
    oursMs <= 100,
    '100 ms or less',
  );
  const { succeeded, seconds, stepsPerSecond, before, peak, after } = await measureMany(api, pid);
  printGoal(`${AT_ONCE} executions of three steps at once`, `${succeeded} succeeded`, succeeded === AT_ONCE, 'all');
  say(
    `  ${stepsPerSecond.toFixed(1)} steps/s in ${seconds.toFixed(0)} s; the server's memory ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most, ${after.toFixed(0)} MB after`,
  );
}

async function bucketOf(context: PartContext): Promise<(key: string, body: Buffer) => Promise<string>> {
  const s3 = new S3Client({ ...awsClientSettings(context.urls), forcePathStyle: true });
  const where = { LocationConstraint: 'eu-central-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: where }));
  return async (Key, Body) => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    return `s3://${BUCKET}/${Key}`;
  };
}

/** Without a network it is left out. */
async function motoIfPossible(): Promise<MotoServer | undefined> {
  try {
    const moto = await startMoto(await motoPython());
    stops.push(moto.stop);
    return moto;
  } catch (error) {
    say(`moto is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}
