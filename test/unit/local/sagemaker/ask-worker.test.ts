import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askWorker, WorkerTooSlow } from '../../../../local/sagemaker/serving/ask-worker.ts';

const LIMIT = 6 * 1024 * 1024;
let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** Asks a model that answers so. */
async function ask(answers: RequestListener, withinMs = 30_000) {
  server = createServer(answers).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const place = { port, container: 'primary' };
  return askWorker(place, 'POST /invocations', { body: Buffer.from('1'), headers: {} }, { agent: false, withinMs });
}

describe('the answer of a model', () => {
  it('is taken whole up to 6 MiB', async () => {
    const answer = await ask((_, response) => response.end(Buffer.alloc(LIMIT)));
    expect(answer).toMatchObject({ status: 200, container: 'primary', body: { length: LIMIT } });
  });

  it('is cut off above that, in words, even if it never ends', async () => {
    let cutOff = Promise.resolve<unknown>(undefined);
    const asked = ask((_, response) => {
      cutOff = once(response, 'close');
      const chunk = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await expect(asked).rejects.toThrow('The answer of container primary has more than 6291456 bytes');
    await cutOff;
  });

  it('has to be there in time, also when a little of it comes again and again', async () => {
    const asked = ask((_, response) => {
      const drip = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(drip));
    }, 200);
    await expect(asked).rejects.toBeInstanceOf(WorkerTooSlow);
  });

  it('that breaks off is none', async () => {
    const asked = ask((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('.', () => response.destroy());
    });
    await expect(asked).rejects.toMatchObject({ name: 'WorkerSilent' });
  });
});
