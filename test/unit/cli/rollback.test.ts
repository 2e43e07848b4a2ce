import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Recorded, type Reply, startGitlabServer } from '../adapters/gitlab-server.ts';
import { runMlops } from './terminal.ts';

const WHERE = ['--model', 'flight-delays', '--environment', 'prod'];
const ROLLBACK = ['rollback', ...WHERE, '--reason', 'Too slow.'];
const TOKEN = 'glpat-secret-0123456789';

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

/** A control plane that answers as the test says. */
async function controlPlane(reply: (request: Recorded, before: number) => Reply) {
  const server = await startGitlabServer(reply);
  stop = server.stop;
  const env = { MLOPS_URL: `${server.url}/`, GITLAB_TOKEN: TOKEN };
  return { ...server, env, run: (command: string[]) => runMlops(command, { env }) };
}

function statusOf(status: 'under-way' | 'rolled-back' | 'failed', sentence: string, rollbackId = 'rollback-1') {
  const rollback = { rollbackId, status, from: 2, to: 1, sentence };
  return { body: { model: 'flight-delays', environment: 'prod', live: null, former: null, hold: null, rollback } };
}

const accepted = { status: 202, body: { outcome: 'accepted', sentence: 'It goes back.', rollbackId: 'rollback-1' } };

describe('mlops rollback', () => {
  it('asks, follows it through its steps, and ends with 0 when the former version serves', async () => {
    const plane = await controlPlane(({ method }, before) => {
      if (method === 'POST') return accepted;
      return before < 3 ? statusOf('under-way', 'It is being moved.') : statusOf('rolled-back', 'Version 1 serves.');
    });
    const { exitCode, out, error } = await plane.run(ROLLBACK);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: ['It goes back.', 'It is being moved.'] });
    expect(out[0]).toBe('Version 1 serves.');
    expect(out[1]).toContain('mlops -- release --model flight-delays --environment prod');
    expect(plane.requests[0]).toMatchObject({
      method: 'POST',
      path: '/models/flight-delays/environments/prod/rollback',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: { reason: 'Too slow.' },
    });
    expect([...out, ...error].join()).not.toContain(TOKEN);
  });

  it('ends with 1 and the reasons when it failed', async () => {
    const plane = await controlPlane(({ method }) =>
      method === 'POST' ? accepted : statusOf('failed', 'It failed: no capacity.'),
    );
    expect(await plane.run(ROLLBACK)).toMatchObject({
      exitCode: 1,
      out: [],
      error: [expect.anything(), 'It failed: no capacity.'],
    });
  });

  it('looks again after an answer that was lost, and stops when it is refused', async () => {
    const plane = await controlPlane(({ method }, before) => {
      if (method === 'POST') return accepted;
      return before === 1 ? { drop: true } : { status: 401, body: { sentence: 'GitLab does not know the token.' } };
    });
    expect(await plane.run(ROLLBACK)).toMatchObject({
      exitCode: 1,
      error: ['It goes back.', 'GitLab does not know the token.'],
    });
  });

  it('does not take another rollback for its own', async () => {
    const plane = await controlPlane(({ method }) =>
      method === 'POST' ? accepted : statusOf('rolled-back', 'Done.', 'rollback-2'),
    );
    const { exitCode, error } = await plane.run(ROLLBACK);
    expect([exitCode, error.at(-1)]).toEqual([1, expect.stringContaining('Another rollback has followed')]);
  });

  it.each([403, 404, 409])('ends with 1 and the sentence of a refusal (%i)', async (status) => {
    const plane = await controlPlane(() => ({ status, body: { outcome: 'refused', sentence: 'No, because.' } }));
    expect(await plane.run(ROLLBACK)).toEqual({ exitCode: 1, out: [], error: ['No, because.'] });
  });

  it.each([
    ['something that is no control plane', { status: 200, body: '<html>' }, 'not as the control plane does'],
    [
      'an address that sends it elsewhere',
      { status: 302, headers: { location: 'https://evil.example.com/' } },
      'answers 302',
    ],
    ['nobody', { drop: true }, 'does not answer'],
  ])('says so when it meets %s, and takes the token nowhere else', async (_what, reply, sentence) => {
    const plane = await controlPlane(() => reply);
    const { exitCode, error } = await plane.run(ROLLBACK);
    expect([exitCode, error.join()]).toEqual([1, expect.stringContaining(sentence)]);
    expect(plane.requests).toHaveLength(1);
  });

  const badUsage: [string, string[], Record<string, string>][] = [
    ['no environment', ['rollback', '--model', 'm', '--reason', 'x'], {}],
    ['an empty reason', ['rollback', ...WHERE, '--reason', ' '], {}],
    ['a reason that is too long', ['rollback', ...WHERE, '--reason', 'x'.repeat(1001)], {}],
    ['a name that no model has', ['rollback', '--model', '../x', '--environment', 'prod', '--reason', 'x'], {}],
    ['no address', ROLLBACK, { GITLAB_TOKEN: TOKEN }],
    ['no token', ROLLBACK, { MLOPS_URL: 'https://mlops.example.com' }],
    ['an address in the clear', [...ROLLBACK, '--url', 'http://mlops.example.com'], { GITLAB_TOKEN: TOKEN }],
    ['a token file that is not there', [...ROLLBACK, '--url', 'https://m.example.com', '--token-file', '/none/x'], {}],
    ['an option that it does not know', [...ROLLBACK, '--force'], {}],
  ];
  it.each(badUsage)('ends with 2 for %s', async (_what, command, env) => {
    const { exitCode, out, error } = await runMlops(command, { env });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(error.join()).not.toContain(TOKEN);
    expect(error.join()).not.toMatch(/\n +at /);
  });

  it('reads the token from a file', async () => {
    const plane = await controlPlane(({ method }) => (method === 'POST' ? accepted : statusOf('rolled-back', 'Done.')));
    const file = join(await mkdtemp(join(tmpdir(), 'mlops-token-')), 'token');
    writeFileSync(file, 'glpat-of-the-file\n');
    await runMlops([...ROLLBACK, '--token-file', file], { env: plane.env });
    expect(plane.requests[0]?.headers.authorization).toBe('Bearer glpat-of-the-file');
  });
});

describe('mlops release', () => {
  it('ends with 0 and says what it did', async () => {
    const plane = await controlPlane(() => ({
      status: 202,
      body: { outcome: 'accepted', sentence: 'It is released.' },
    }));
    const done = await plane.run(['release', ...WHERE, '--reason', 'Mended.']);
    expect(done).toEqual({ exitCode: 0, out: ['It is released.'], error: [] });
    expect(plane.requests[0]).toMatchObject({ path: '/models/flight-delays/environments/prod/release' });
  });

  it('explains itself', async () => {
    const { exitCode, out } = await runMlops(['release', '--help']);
    expect([exitCode, out.join('\n')]).toEqual([0, expect.stringContaining('--reason <text>')]);
  });
});
