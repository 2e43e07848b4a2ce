import { Agent, request } from 'node:http';

type Answer = { status: number; body: string };
export type Post = (path: string, headers: Record<string, string>, body: string) => Promise<Answer>;
export type Api = (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** Requests over connections that stay open, as SDKs have them, but without an SDK's own work. */
export function connect(baseUrl: string): Post {
  const { hostname, port } = new URL(baseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return (path, headers, body) =>
    new Promise((resolve, reject) => {
      const asked = request(
        {
          hostname,
          port,
          path,
          method: 'POST',
          agent,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
}

/** SageMaker's API. The signature isn't checked by anyone here; moto finds the service by it. */
export function sagemakerApi(baseUrl: string): Api {
  const post = connect(baseUrl);
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/sagemaker/aws4_request, SignedHeaders=host, Signature=0';
  return async (operation, input) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `SageMaker.${operation}`,
      authorization,
    };
    const { status, body } = await post('/', headers, JSON.stringify(input));
    if (status !== 200) throw new Error(`${operation} was answered with ${status}: ${body.slice(0, 500)}`);
    return JSON.parse(body);
  };
}
