import { type Agent, type IncomingMessage, request } from 'node:http';

/** The container is gone or gives no answer in time. */
export class WorkerSilent extends Error {
  override readonly name: string = 'WorkerSilent';
}

/** The container is there, but takes longer than an answer may take. */
export class WorkerTooSlow extends WorkerSilent {
  override readonly name = 'WorkerTooSlow';
}

export type WorkerRequest = { body: Buffer; headers: Record<string, string> };
export type WorkerAnswer = {
  status: number;
  contentType: string;
  customAttributes: string | undefined;
  body: Buffer;
  /** Whose answer it is. */
  container: string;
};

/** As much as a request may have. */
const LARGEST_ANSWER_BYTES = 6 * 1024 * 1024;

/** @throws WorkerSilent when the whole answer isn't there in time, or there is too much of it */
export function askWorker(
  { port, container }: { port: number; container: string },
  what: 'GET /ping' | 'POST /invocations',
  { body, headers }: WorkerRequest,
  { agent, withinMs }: { agent: Agent | false; withinMs: number },
): Promise<WorkerAnswer> {
  const [method, path] = what.split(' ');
  return new Promise<WorkerAnswer>((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent,
      headers: { ...headers, 'content-length': body.length },
    });
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    const fail = (error: WorkerSilent) =>
      settle(() => {
        reject(error);
        asked.destroy();
      });
    const silent = (error: unknown) => fail(new WorkerSilent(String(error), { cause: error }));
    const timer = setTimeout(
      () =>
        fail(
          new WorkerTooSlow(
            `Your invocation timed out while waiting for a response from container ${container}. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.`,
          ),
        ),
      withinMs,
    );
    asked.on('error', silent);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= LARGEST_ANSWER_BYTES) chunks.push(chunk);
        else
          fail(
            new WorkerSilent(
              `The answer of container ${container} has more than ${LARGEST_ANSWER_BYTES} bytes, the most that an endpoint answers with.`,
            ),
          );
      });
      response.on('error', silent);
      response.on('end', () => settle(() => resolve(answerOf(response, Buffer.concat(chunks), container))));
    });
    asked.end(body);
  });
}

function answerOf(response: IncomingMessage, body: Buffer, container: string): WorkerAnswer {
  return {
    status: response.statusCode ?? 500,
    contentType: response.headers['content-type'] ?? 'application/octet-stream',
    customAttributes: oneHeader(response.headers['x-amzn-sagemaker-custom-attributes']),
    body,
    container,
  };
}

function oneHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
