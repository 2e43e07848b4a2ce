import { afterEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { apiPath, gitlabClient } from '../../../shared/adapters/gitlab/client.ts';
import { ContractBroken, PermissionRefused, ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { type Recorded, type Reply, startGitlabServer } from './gitlab-server.ts';

const TOKEN = 'glpat-canary-of-the-tests';
const Version = z.object({ version: z.string() });
let stop: (() => Promise<void>) | undefined;

afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function connect(reply: (request: Recorded, before: number) => Reply, nowMs = 0) {
  const server = await startGitlabServer(reply);
  stop = server.stop;
  const waits: number[] = [];
  let now = nowMs;
  const client = gitlabClient({
    gitlabUrl: server.url,
    token: async () => TOKEN,
    now: () => now,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  });
  return { client, waits, requests: server.requests, url: server.url };
}

describe('reading', () => {
  it('sends the token and parses the answer', async () => {
    const { client, requests } = await connect(() => ({ body: { version: '19.2.0', revision: 'x' } }));
    expect(await client.find('/version', Version)).toEqual({ version: '19.2.0' });
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/api/v4/version', headers: { 'private-token': TOKEN } });
  });

  it('encodes what stands in a path', () => {
    expect(apiPath`/projects/${'ml/flight delays'}/repository/files/${'a/b?.yaml'}/raw`).toBe(
      '/projects/ml%2Fflight%20delays/repository/files/a%2Fb%3F.yaml/raw',
    );
  });

  it('gives undefined for what GitLab does not have', async () => {
    const { client } = await connect(() => ({ status: 404, body: { message: '404 Not found' } }));
    expect(await client.find('/version', Version)).toBeUndefined();
    expect(await client.list('/versions', Version)).toBeUndefined();
  });

  it('names what is wrong with an answer of another shape', async () => {
    const { client } = await connect(() => ({ body: { version: 19 } }));
    await expect(client.find('/version', Version)).rejects.toThrow(ContractBroken);
    await expect(client.find('/version', Version)).rejects.toThrow(/GET \/version is not as documented/);
  });

  it('reads every page of a list', async () => {
    const { client, requests } = await connect(({ query }) => ({
      headers: { 'x-next-page': query.page === '1' ? '2' : '' },
      body: [{ version: query.page }],
    }));
    expect(await client.list('/versions', Version, { state: 'all' })).toEqual([{ version: '1' }, { version: '2' }]);
    expect(requests.map(({ query }) => query)).toMatchObject([
      { per_page: '100', state: 'all', page: '1' },
      { per_page: '100', state: 'all', page: '2' },
    ]);
  });

  it('stops reading a list that is longer than the caller can take', async () => {
    const { client } = await connect(() => ({ headers: { 'x-next-page': '2' }, body: [{ version: '1' }] }));
    await expect(client.list('/versions', Version, {}, 5)).rejects.toThrow(/more than 5 entries/);
  });

  it('reads the bytes of a file up to a limit', async () => {
    const { client } = await connect(() => ({ body: Buffer.from([0, 255, 10]) }));
    expect([...Buffer.from((await client.bytes('/raw', {}, 3, () => {})) ?? '')]).toEqual([0, 255, 10]);
    expect(await client.bytes('/raw', {}, 2, () => {})).toBe('too-large');
  });
});

describe('what goes wrong', () => {
  it('waits as long as Retry-After says, then succeeds', async () => {
    const { client, waits } = await connect((_request, before) =>
      before === 0 ? { status: 429, headers: { 'retry-after': '2' } } : { body: { version: '1' } },
    );
    expect(await client.find('/version', Version)).toEqual({ version: '1' });
    expect(waits).toEqual([2000]);
  });

  it('reads RateLimit-Reset as a moment, not as a duration', async () => {
    const { client, waits } = await connect(
      (_request, before) =>
        before === 0 ? { status: 429, headers: { 'ratelimit-reset': '1003' } } : { body: { version: '1' } },
      1_000_000,
    );
    await client.find('/version', Version);
    expect(waits).toEqual([3000]);
  });

  it('does not wait longer than its budget', async () => {
    const { client, waits, requests } = await connect(() => ({ status: 429, headers: { 'retry-after': '60' } }));
    await expect(client.find('/version', Version)).rejects.toThrow(ServiceUnavailable);
    expect([waits, requests.length]).toEqual([[], 1]);
  });

  it('gives up after three tries', async () => {
    const { client, requests } = await connect(() => ({ status: 502 }));
    await expect(client.find('/version', Version)).rejects.toThrow('GitLab answered 502 to GET /version');
    expect(requests).toHaveLength(3);
  });

  it('tries again when the connection breaks', async () => {
    const { client } = await connect((_request, before) => (before < 2 ? { drop: true } : { body: { version: '1' } }));
    expect(await client.find('/version', Version)).toEqual({ version: '1' });
  });

  it('says that GitLab does not answer where nobody listens', async () => {
    const { client } = await connect(() => ({}));
    await stop?.();
    stop = undefined;
    await expect(client.find('/version', Version)).rejects.toThrow(ServiceUnavailable);
  });

  it('sends a POST once, unless GitLab refused it before doing anything', async () => {
    const broken = await connect(() => ({ status: 500 }));
    await expect(broken.client.write('POST', '/issues', { title: 'x' })).rejects.toThrow(ServiceUnavailable);
    expect(broken.requests).toHaveLength(1);
    await stop?.();
    const limited = await connect((_request, before) => (before === 0 ? { status: 429 } : { status: 201, body: {} }));
    expect(await limited.client.write('POST', '/issues', { title: 'x' })).toMatchObject({ status: 201 });
    expect(limited.requests[1]?.body).toEqual({ title: 'x' });
  });

  it.each([
    401, 403,
  ])('turns %d into a refused permission, with GitLab’s words and without the token', async (status) => {
    const { client } = await connect(() => ({ status, body: { message: 'insufficient_scope' } }));
    const failure = await client.find('/version', Version).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PermissionRefused);
    expect(String(failure)).toContain('insufficient_scope');
    expect(String(failure)).not.toContain(TOKEN);
  });

  it('follows no redirect: the token goes to the configured host and no other', async () => {
    const other = await startGitlabServer(() => ({ body: { version: 'stolen' } }));
    const { client } = await connect(() => ({ status: 302, headers: { location: `${other.url}/api/v4/version` } }));
    await expect(client.find('/version', Version)).rejects.toThrow(/redirects are not followed/);
    expect(other.requests).toEqual([]);
    await other.stop();
  });
});
