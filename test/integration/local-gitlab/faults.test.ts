import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  asList,
  asObject,
  idOf,
  openReceiver,
  ROOT_TOKEN,
  type SeededGitlab,
  seedGitlab,
  until,
} from './seeded-gitlab.ts';

const PROJECT = '/projects/ml%2Fmodel';

async function pushCiFile(gitlab: SeededGitlab, ciFile: string, message = 'Try') {
  const copy = gitlab.workingCopy('maintainer');
  copy.write({ '.gitlab-ci.yml': ciFile });
  const sha = copy.commit(message);
  await copy.git('push', '-q', '--force', 'origin', `HEAD:refs/heads/try-${sha.slice(0, 8)}`);
  return sha;
}

const pipelineOf = (gitlab: SeededGitlab, sha: string, statuses: string[]) =>
  until(`a pipeline that is ${statuses.join(' or ')}`, async () => {
    const found = asList((await gitlab.as('maintainer')('GET', `${PROJECT}/pipelines?sha=${sha}`)).body)[0];
    return found && statuses.includes(String(found.status)) ? found : undefined;
  });

const jobsOf = async (gitlab: SeededGitlab, pipeline: Record<string, unknown>, query = '') =>
  asList((await gitlab.as('maintainer')('GET', `${PROJECT}/pipelines/${pipeline.id}/jobs${query}`)).body);

const childrenOf = (pid: number | undefined, command: string) =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.includes(command))
    .map(([child]) => Number(child));

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('jobs that go wrong or wait', () => {
  let gitlab: SeededGitlab;
  beforeAll(async () => {
    gitlab = await seedGitlab();
  });
  afterAll(() => gitlab.stop());

  it('fails the pipeline, skips later stages and runs what is meant for failure', async () => {
    const sha = await pushCiFile(
      gitlab,
      `
stages: [one, two]
bad: { stage: one, script: [echo before, "false | cat", echo not-reached], after_script: ['echo after $CI_JOB_STATUS'] }
later: { stage: two, script: [echo later] }
rescue: { stage: two, script: [echo rescued], when: on_failure }
always: { stage: two, script: [echo always], when: always }
`,
    );
    const pipeline = await pipelineOf(gitlab, sha, ['failed', 'success']);
    expect(pipeline.status).toBe('failed');
    const jobs = await jobsOf(gitlab, pipeline);
    expect(Object.fromEntries(jobs.map((job) => [job.name, job.status]))).toEqual({
      bad: 'failed',
      later: 'skipped',
      rescue: 'success',
      always: 'success',
    });
    const log = String(
      (await gitlab.as('maintainer')('GET', `${PROJECT}/jobs/${jobs.find((job) => job.name === 'bad')?.id}/trace`))
        .body,
    );
    expect(log).toContain('after failed');
    expect(log).not.toContain('\nnot-reached');
  });

  it('ends a job at its timeout with all of its processes, and tries it again when it may', async () => {
    const marker = join(gitlab.folder, 'sleepers');
    const sha = await pushCiFile(
      gitlab,
      `slow: { script: ['sleep 300 & echo $! >> ${marker}; wait'], timeout: 2 seconds, retry: 1 }`,
    );
    const pipeline = await pipelineOf(gitlab, sha, ['failed']);
    const tries = await jobsOf(gitlab, pipeline, '?include_retried=true');
    expect(tries.map((job) => job.failure_reason)).toEqual(['job_execution_timeout', 'job_execution_timeout']);
    const pids = readFileSync(marker, 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('waits for a manual job and cancels a running one', async () => {
    const sha = await pushCiFile(
      gitlab,
      `
stages: [one, two]
gate: { stage: one, script: [echo open], rules: [{ when: manual }] }
long: { stage: two, script: [sleep 300] }
`,
    );
    const waiting = await pipelineOf(gitlab, sha, ['manual']);
    const gate = (await jobsOf(gitlab, waiting)).find((job) => job.name === 'gate');
    expect((await gitlab.as('maintainer')('POST', `${PROJECT}/jobs/${gate?.id}/play`)).status).toBe(200);
    await until('the long job to run', async () =>
      (await jobsOf(gitlab, waiting)).find((job) => job.name === 'long' && job.status === 'running'),
    );
    await gitlab.as('maintainer')('POST', `${PROJECT}/pipelines/${waiting.id}/cancel`);
    await pipelineOf(gitlab, sha, ['canceled']);
  });

  it('makes a failed pipeline with the reason of a CI file that does not parse', async () => {
    const sha = await pushCiFile(gitlab, 'job: [');
    const pipeline = await pipelineOf(gitlab, sha, ['failed']);
    const full = asObject((await gitlab.as('maintainer')('GET', `${PROJECT}/pipelines/${pipeline.id}`)).body);
    expect(full.yaml_errors).toMatch(/^\(<unknown>\): .*flow collection/);
  });

  it('masks masked variables in logs', async () => {
    await gitlab.as('maintainer')('POST', `${PROJECT}/variables`, {
      key: 'SECRET_VALUE',
      value: 'hunter2-hunter2',
      masked: true,
    });
    const sha = await pushCiFile(gitlab, 'show: { script: ["echo value=$SECRET_VALUE"] }');
    const pipeline = await pipelineOf(gitlab, sha, ['success']);
    const [job] = await jobsOf(gitlab, pipeline);
    expect(String((await gitlab.as('maintainer')('GET', `${PROJECT}/jobs/${job?.id}/trace`)).body)).toContain(
      'value=[MASKED]',
    );
  });

  it('starts pipelines by the API with variables, and says why it will not', async () => {
    const sha = await pushCiFile(
      gitlab,
      'only-api: { script: ["echo got $GIVEN"], rules: [{ if: $CI_PIPELINE_SOURCE == "api" }] }',
    );
    const ref = `try-${sha.slice(0, 8)}`;
    const made = await gitlab.as('maintainer')('POST', `${PROJECT}/pipeline?ref=${ref}`, {
      variables: [{ key: 'GIVEN', value: 'this' }],
    });
    expect(made).toMatchObject({ status: 201, body: { source: 'api', ref } });
    const pipeline = await pipelineOf(gitlab, sha, ['success']);
    const [job] = await jobsOf(gitlab, pipeline);
    expect(String((await gitlab.as('maintainer')('GET', `${PROJECT}/jobs/${job?.id}/trace`)).body)).toContain(
      'got this',
    );
    expect(await gitlab.as('maintainer')('POST', `${PROJECT}/pipeline?ref=gone`)).toMatchObject({
      status: 400,
      body: { message: { base: ['Reference not found'] } },
    });
  });

  it('runs a job again that a stop of the server cut off', async () => {
    const marker = join(gitlab.folder, 'starts');
    const script = `echo started >> ${marker}; if [ $(wc -l < ${marker}) = 1 ]; then sleep 300; fi`;
    const sha = await pushCiFile(gitlab, `cut: { script: [${JSON.stringify(script)}] }`);
    await until('the job to start', () => {
      try {
        return readFileSync(marker, 'utf8');
      } catch {
        return undefined;
      }
    });
    await gitlab.restart();
    await pipelineOf(gitlab, sha, ['success']);
    expect(readFileSync(marker, 'utf8').trim().split('\n')).toHaveLength(2);
  });
});

describe('deliveries', () => {
  let gitlab: SeededGitlab;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  beforeEach(async () => {
    gitlab = await seedGitlab();
    receiver = await openReceiver();
  });
  afterEach(async () => {
    await gitlab.stop();
    await receiver.stop();
  });

  const open = (url: string) =>
    gitlab.as('maintainer')('POST', `${PROJECT}/hooks`, { url, push_events: false, issues_events: true });
  const raise = () => gitlab.as('developer')('POST', `${PROJECT}/issues`, { title: 'An issue' });

  it('are not repeated after an error, pause the hook at the fourth failure, and resend with the same key', async () => {
    receiver.answerWith(503);
    const hookId = idOf(await open(receiver.url));
    for (let i = 1; i <= 6; i += 1) {
      await raise();
      await gitlab.world().deliveries.settled();
    }
    expect(receiver.received).toHaveLength(4);
    expect((await gitlab.as('maintainer')('GET', `${PROJECT}/hooks/${hookId}`)).body).toMatchObject({
      alert_status: 'temporarily_disabled',
    });
    const log = asList((await gitlab.as('maintainer')('GET', `${PROJECT}/hooks/${hookId}/events`)).body);
    expect(log.map((one) => [one.response_status, one.response_body])).toEqual(
      Array.from({ length: 4 }, () => ['503', 'thanks']),
    );
    receiver.answerWith(202);
    const again = await gitlab.as('maintainer')('POST', `${PROJECT}/hooks/${hookId}/events/${log[0]?.id}/resend`);
    expect(again).toMatchObject({ status: 201, body: { response_status: 202 } });
    const [last, resent] = receiver.received.slice(-2);
    expect(resent?.headers['idempotency-key']).toBe(last?.headers['idempotency-key']);
    expect(resent?.headers['x-gitlab-webhook-uuid']).not.toBe(last?.headers['x-gitlab-webhook-uuid']);
    expect((await gitlab.as('maintainer')('GET', `${PROJECT}/hooks/${hookId}`)).body).toMatchObject({
      alert_status: 'executable',
    });
  });

  it('that a stop cut short are sent after the next start', async () => {
    const silent = await openReceiver();
    const { createServer } = await import('node:http');
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const hookId = idOf(await open(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`));
    await raise();
    await gitlab.world().deliveries.stop();
    await gitlab.as('maintainer')('PUT', `${PROJECT}/hooks/${hookId}`, { url: silent.url });
    await gitlab.restart();
    await until('the late delivery', () => silent.received[0]);
    mute.close();
    mute.closeAllConnections();
    await silent.stop();
  });

  it('refuse a signing token of the wrong form and an address that is none', async () => {
    const call = gitlab.as('maintainer');
    expect((await call('POST', `${PROJECT}/hooks`, { url: receiver.url, signing_token: 'whsec_short' })).status).toBe(
      422,
    );
    expect((await call('POST', `${PROJECT}/hooks`, { url: 'ftp://x' })).status).toBe(422);
  });
});

describe('the server as a process', () => {
  const root = process.cwd();
  const bundle = join(root, '.build', `gitlab-test-${process.pid}.mjs`);
  let child: ChildProcess | undefined;

  beforeAll(() => {
    mkdirSync(join(root, '.build'), { recursive: true });
    const args = [
      'local/gitlab/main.ts',
      '--bundle',
      '--platform=node',
      '--target=node24',
      '--format=esm',
      '--packages=external',
      '--jsx=automatic',
      '--jsx-import-source=hono/jsx',
      `--outfile=${bundle}`,
      '--log-level=warning',
    ];
    execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), args, { cwd: root });
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    rmSync(bundle, { force: true });
  });

  const start = (env: Record<string, string>) => {
    const { NODE_OPTIONS: _options, ...inherited } = process.env;
    const started = spawn(process.execPath, [bundle], {
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    started.stdout.on('data', (text) => (output += text));
    started.stderr.on('data', (text) => (output += text));
    const ended = new Promise<number | null>((resolve) => started.on('exit', resolve));
    return { process: started, ended, output: () => output };
  };

  it('says in a sentence what is wrong with its settings or its port', async () => {
    const unset = start({ STATE_DIR: '' });
    expect(await unset.ended).toBe(1);
    expect(unset.output()).toContain('STATE_DIR');
    const receiver = await openReceiver();
    const taken = start({ STATE_DIR: join(root, '.build', 'unused-state'), PORT: new URL(receiver.url).port });
    expect(await taken.ended).toBe(1);
    expect(taken.output()).toMatch(/Port \d+ is taken/);
    await receiver.stop();
    rmSync(join(root, '.build', 'unused-state'), { recursive: true, force: true });
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`leaves no process of a job or of git behind when it gets ${signal}`, async () => {
      const gitlab = await seedGitlab();
      await gitlab.root('GET', '/version');
      const marker = join(gitlab.folder, 'pids');
      const state = join(gitlab.folder, 'other-state');
      const running = start({ STATE_DIR: state, PORT: '0', GITLAB_ROOT_TOKEN: ROOT_TOKEN });
      child = running.process;
      const url = await until('the server', () => /ready (\S+)/.exec(running.output())?.[1]);
      const headers = { 'private-token': ROOT_TOKEN, 'content-type': 'application/json' };
      await fetch(`${url}/api/v4/projects`, { method: 'POST', headers, body: JSON.stringify({ path: 'model' }) });
      const copy = gitlab.workingCopy('maintainer');
      copy.write({ '.gitlab-ci.yml': `long: { script: ['sleep 300 & echo $$ $! > ${marker}', 'wait'] }` });
      copy.commit('Long');
      await copy.git('push', '-q', `${url.replace('://', `://root:${ROOT_TOKEN}@`)}/root/model.git`, 'main');
      const pids = await until('the job to run', () => {
        try {
          const found = readFileSync(marker, 'utf8').trim().split(' ').map(Number);
          return found.length === 2 ? found : undefined;
        } catch {
          return undefined;
        }
      });
      expect(pids.filter(isAlive)).toHaveLength(2);
      await fetch(`${url}/api/v4/projects/1/repository/commits/main`, { headers });
      const readers = childrenOf(running.process.pid, 'cat-file');
      expect(readers).toHaveLength(1);
      running.process.kill(signal);
      const code = await running.ended;
      if (signal === 'SIGTERM') expect(code).toBe(0);
      await until('the processes to end', () => ([...pids, ...readers].some(isAlive) ? undefined : true));
      await gitlab.stop();
    });
  }
});
