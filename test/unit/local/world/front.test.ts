import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFront } from '../../../../local/front/reverse-proxy.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  host: string | undefined;
  body: Buffer;
}

describe('the web front', () => {
  let upstream: Server;
  let upstreamPort = 0;
  let front: { url: string; stop: () => void };
  let seen: Seen[] = [];
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    seen = [];
    upstream = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      seen.push({
        method: incoming.method,
        url: incoming.url,
        host: incoming.headers.host,
        body: Buffer.concat(chunks),
      });
      answer(outgoing);
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const address = upstream.address();
    upstreamPort = typeof address === 'object' && address !== null ? address.port : 0;
    front = await startFront({
      host: '127.0.0.1',
      port: 0,
      upstream: new URL(`http://127.0.0.1:${upstreamPort}`),
      apiHost: '6d6c6f70.execute-api.localhost',
    });
  });
  afterEach(() => {
    front.stop();
    upstream.close();
    upstream.closeAllConnections();
  });

  const send = (
    path: string,
    options: { method?: string; body?: Buffer } = {},
  ): Promise<{ message: IncomingMessage; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const url = new URL(front.url);
      const outgoing = request(
        { host: url.hostname, port: url.port, path, method: options.method ?? 'GET' },
        async (message) => {
          const chunks: Buffer[] = [];
          for await (const chunk of message) chunks.push(chunk);
          resolve({ message, body: Buffer.concat(chunks) });
        },
      );
      outgoing.on('error', reject).end(options.body);
    });

  it('hands path, query and body bytes on untouched, under the host name of the API', async () => {
    answer = (response) => response.writeHead(202, { 'apigw-requestid': 'r' }).end();
    const body = Buffer.from([0, 255, 13, 10, 195, 40]);
    const { message } = await send('/webhooks/gitlab/a%2Fb?x=%20&x=2', { method: 'POST', body });
    expect(message.statusCode).toBe(202);
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/webhooks/gitlab/a%2Fb?x=%20&x=2',
        host: `6d6c6f70.execute-api.localhost:${upstreamPort}`,
        body,
      },
    ]);
  });

  it('brings back redirects, several cookies and compressed bytes as they are', async () => {
    const compressed = gzipSync('a page');
    answer = (response) =>
      response
        .writeHead(303, [
          'Location',
          '/reviews/r-1',
          'Set-Cookie',
          'a=1; HttpOnly',
          'Set-Cookie',
          'b=2',
          'Content-Encoding',
          'gzip',
          'Apigw-Requestid',
          'r',
        ])
        .end(compressed);
    const { message, body } = await send('/auth/callback');
    expect(message.statusCode).toBe(303);
    expect(message.headers).toMatchObject({
      location: '/reviews/r-1',
      'set-cookie': ['a=1; HttpOnly', 'b=2'],
      'content-encoding': 'gzip',
    });
    expect(body.equals(compressed)).toBe(true);
  });

  it("lets the API's own 404 page through", async () => {
    answer = (response) => response.writeHead(404, { 'apigw-requestid': 'r' }).end('no such run');
    const { message, body } = await send('/runs/none');
    expect([message.statusCode, body.toString()]).toEqual([404, 'no such run']);
  });

  it('says in one sentence that the stack is not deployed yet', async () => {
    answer = (response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message": "Not Found"}');
    const { message, body } = await send('/');
    expect([message.statusCode, message.headers['retry-after']]).toEqual([503, '3']);
    expect(body.toString()).toContain('The stack is being deployed to the local AWS');
  });

  it('says the same while the local AWS does not listen', async () => {
    upstream.close();
    upstream.closeAllConnections();
    expect((await send('/')).message.statusCode).toBe(503);
  });
});
