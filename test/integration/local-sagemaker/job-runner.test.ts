import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { availableMode, Containers } from '../../../local/sagemaker/containers/container.ts';
import type { ContainerEnd, JobOutcome, JobPlan } from '../../../local/sagemaker/jobs/job-plan.ts';
import { JobRunner } from '../../../local/sagemaker/jobs/job-runner.ts';
import { until } from './clients.ts';
import { testConfiguration } from './test-configuration.ts';

let stateFolder: string;
let runner: JobRunner;
/** Runs one job at a time. */
let narrow: JobRunner;
let printed: string[];
let told: string[];

beforeAll(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'job-runner-'));
  const configuration = testConfiguration(stateFolder, 'http://127.0.0.1:1');
  const containers = new Containers(configuration, await availableMode(configuration));
  const logs = { append: async (_group: string, _stream: string, lines: string[]) => void printed.push(...lines) };
  const log = (line: string) => void told.push(line);
  const surroundings = { stateFolder, containers, logs, now: () => new Date(), atOnce: 4, graceSeconds: 0.3, log };
  runner = new JobRunner(surroundings);
  narrow = new JobRunner({ ...surroundings, stateFolder: join(stateFolder, 'narrow'), atOnce: 1 });
});
beforeEach(() => {
  printed = [];
  told = [];
});
afterAll(() => rmSync(stateFolder, { recursive: true, force: true }));

type Run = { outcome: JobOutcome; end: ContainerEnd | undefined; stages: string[] };

/** Runs Python text as a job; `started` is called when it has printed its first line. */
function run(
  name: string,
  code: string,
  changes: Partial<JobPlan> = {},
  started?: () => void,
  on = runner,
): Promise<Run> {
  return new Promise((resolve) => {
    const stages: string[] = [];
    let end: ContainerEnd | undefined;
    on.launch({
      arn: name,
      name,
      kind: 'training',
      logGroup: 'group',
      instanceType: 'ml.m5.large',
      volumeGb: 1,
      maxRuntimeSeconds: 30,
      requireCapacity: () => undefined,
      entered: (stage) => stages.push(stage),
      prepare: async () => ({
        command: { command: ['python3', '-c', code], cwd: '/opt/ml', environment: {} },
        syncs: [],
      }),
      observe: () => started?.(),
      failureMessage: (_folder, exitCode, tail) => `exit code ${exitCode}: ${tail}`,
      collect: async (_folder, how) => {
        end = how;
      },
      ended: (outcome) => resolve({ outcome, end, stages }),
      ...changes,
    });
  });
}

describe('the runner of jobs', () => {
  it('kills a job that does not end on SIGTERM, after its grace', async () => {
    const deaf =
      "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)";
    const ended = await run('deaf', deaf, {}, () => runner.stop('deaf'));
    expect(ended).toMatchObject({ outcome: { outcome: 'stopped', because: 'asked' }, end: 'stopped' });
  });

  it('stops a job at its longest run time', async () => {
    const { outcome } = await run('long', 'import time; time.sleep(60)', { maxRuntimeSeconds: 0.5 });
    expect(outcome).toEqual({ outcome: 'stopped', because: 'max-runtime' });
  });

  it('says why a job failed, takes out what it left, and keeps the script in the reason when that fails too', async () => {
    const failed = await run('failed', "print('too few rows'); raise SystemExit(3)");
    expect(failed).toEqual({
      outcome: { outcome: 'failed', reason: 'exit code 3: too few rows' },
      end: 'failed',
      stages: ['downloading', 'running', 'uploading'],
    });
    const collect = () => Promise.reject(new Error('no bucket'));
    const twice = await run('twice', 'raise SystemExit(3)', { collect });
    expect(twice.outcome).toMatchObject({ reason: expect.stringContaining('exit code 3') });
  });

  it('fails a job that writes more than its volume holds, in files that are not too large each', async () => {
    const code = `import time
for index in range(4):
    open(f'/opt/ml/{index}', 'wb').truncate(400 << 20)
time.sleep(60)
`;
    const { outcome } = await run('full', code);
    expect(outcome).toMatchObject({
      reason: expect.stringMatching(/^AlgorithmError: No space left on device: .* of 1\./),
    });
  });

  it('ends a job that waits for its turn or for its inputs as soon as it is stopped, and gives its turn to the next', async () => {
    const stopped = { outcome: { outcome: 'stopped', because: 'asked' }, end: undefined };
    let downloaded = () => {};
    const prepare = () => new Promise<never>((_resolve, reject) => (downloaded = () => reject(new Error('late'))));
    const downloading = run('downloading', '', { prepare }, undefined, narrow);
    const queued = run('queued', '', {}, undefined, narrow);
    const next = run('next', 'pass', {}, undefined, narrow);
    narrow.stop('queued');
    expect(await queued).toMatchObject({ ...stopped, stages: [] });
    narrow.stop('downloading');
    expect(await downloading).toMatchObject({ ...stopped, stages: ['downloading'] });
    expect((await next).outcome).toEqual({ outcome: 'completed' });
    const again = run('downloading', 'pass', {}, undefined, narrow);
    downloaded();
    expect((await again).outcome).toEqual({ outcome: 'completed' });
  });

  it.each([
    ['are too long', 'x'.repeat(200_000)],
    ['holds a NUL', 'a\0b'],
  ])('says why a container can not be started: %s', async (words, value) => {
    const command = { command: ['true'], cwd: '/opt/ml', environment: { VALUE: value } };
    const { outcome } = await run('unstartable', '', { prepare: async () => ({ command, syncs: [] }) });
    expect(outcome).toMatchObject({ reason: expect.stringMatching(`^ClientError: .*${words}`) });
  });

  it('goes on when the end of a job can not be recorded', async () => {
    const ended = () => {
      throw new Error('disk full');
    };
    void run('lost', 'pass', { ended });
    await runner.finished('lost');
    expect(told).toEqual(['The end of lost was lost: Error: disk full']);
  });

  it('leaves no folder of a job behind', async () => {
    const left = async () => readdirSync(join(stateFolder, 'jobs', 'training'));
    expect(await until(left, ({ length }) => length === 0)).toEqual([]);
  });
});
