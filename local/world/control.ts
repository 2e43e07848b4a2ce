import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { isPartName, type PartName } from './part-names.ts';

export interface ControlActions {
  restart(part: PartName, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * The world's own port, for programs that hold the token of `run.json`: `POST /parts/<part>/restart` stops a part, by
 * `?signal=SIGKILL` without a warning, and starts it again on the same state. Answers 204 when it is ready.
 */
export function startControl(token: string, actions: ControlActions): Promise<{ url: string; close: () => void }> {
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, part = ''] = /^\/parts\/([a-z]+)\/restart$/.exec(url.pathname) ?? [];
    const answer = (status: number, text = ''): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    };
    if (!sameText(request.headers.authorization ?? '', `Bearer ${token}`))
      return answer(401, 'the token of run.json is needed\n');
    if (request.method !== 'POST' || !isPartName(part)) return answer(404, 'POST /parts/<part>/restart\n');
    const signal = url.searchParams.get('signal') === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM';
    actions.restart(part, signal).then(
      () => answer(204),
      (error: unknown) => answer(500, `${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
