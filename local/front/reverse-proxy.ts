import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export interface FrontSettings {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Where the emulator listens. */
  readonly upstream: URL;
  /** Host name by which the emulator knows the HTTP API, e.g. `6d6c6f70.execute-api.localhost`. */
  readonly apiHost: string;
}

/**
 * Gives the HTTP API of the local AWS the address that people and GitLab use. It changes the Host header and nothing else:
 * path, query and body bytes pass untouched in one direction, status, headers (several cookies among them) and body bytes in
 * the other, compressed or not. The front asks nothing of the API until it is called, so it may start first.
 */
export async function startFront(settings: FrontSettings): Promise<{ url: string; stop: () => void }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/_local/health') {
      outgoing.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
      return;
    }
    forward(settings, agent, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return {
    url: `http://${settings.host}:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

/** Headers that speak of one connection only (RFC 9110, 7.6.1). */
const connectionHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'trailer',
]);

function forward(
  { upstream, apiHost }: FrontSettings,
  agent: Agent,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const host = `${apiHost}:${upstream.port}`;
  const outbound = request({
    agent,
    host: upstream.hostname,
    port: upstream.port,
    method: incoming.method,
    path: incoming.url,
    headers: [
      ...withoutConnectionHeaders(incoming.rawHeaders, ['host', 'x-forwarded-host']),
      'Host',
      host,
      'X-Forwarded-Host',
      incoming.headers.host ?? '',
    ],
  });
  outbound.on('response', (answer) => {
    if (isNotDeployed(answer)) {
      answer.resume();
      notYet(outgoing);
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, withoutConnectionHeaders(answer.rawHeaders));
    answer.pipe(outgoing);
  });
  outbound.on('error', () => (outgoing.headersSent ? outgoing.destroy() : notYet(outgoing)));
  outgoing.on('close', () => outbound.destroy());
  incoming.pipe(outbound);
}

function withoutConnectionHeaders(rawHeaders: readonly string[], more: readonly string[] = []): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!connectionHeaders.has(name.toLowerCase()) && !more.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/** The emulator's own answer for an API that doesn't exist; every answer of an API that exists carries API Gateway's request id. */
function isNotDeployed(answer: IncomingMessage): boolean {
  return answer.statusCode === 404 && answer.headers['apigw-requestid'] === undefined;
}

function notYet(outgoing: ServerResponse): void {
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    '<meta http-equiv="refresh" content="3"><meta name="color-scheme" content="light dark"><title>Not deployed yet</title>' +
    '<body style="font:1rem/1.5 system-ui;margin:3rem auto;max-width:40rem;padding:0 1rem"><main><h1>Not deployed yet</h1>' +
    '<p>The stack is being deployed to the local AWS, or was not deployed at all. This page looks again every three seconds.</p></main></body></html>\n';
  outgoing
    .writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'retry-after': '3', 'cache-control': 'no-store' })
    .end(page);
}
