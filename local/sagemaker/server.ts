import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerFaults, isFaultsPath } from './admin/faults/answer-faults.ts';
import { ConnectionCut } from './admin/faults/faults.ts';
import { dispatch } from './api/dispatch.ts';
import { requireLocalHost } from './api/require-local-host.ts';
import { isRefusal, ModelError, UnknownOperationException, ValidationError } from './errors.ts';
import { checkInvocation } from './serving/check-invocation.ts';
import { invokeEndpoint } from './serving/invoke-endpoint.ts';
import type { World } from './world.ts';

const TARGET = 'SageMaker.';
const INVOCATIONS = /^\/endpoints\/([^/]+)\/invocations$/;
/** Paths of the runtime API that are not served here. */
const ABSENT_INVOCATIONS: [RegExp, string][] = [
  [/^\/endpoints\/[^/]+\/async-invocations$/, 'InvokeEndpointAsync'],
  [/^\/endpoints\/[^/]+\/invocations-response-stream$/, 'InvokeEndpointWithResponseStream'],
];
/** The largest request: a body of 6 MiB for a model, a definition of 1 MiB for the API; and some room to say no in words. */
const LARGEST_REQUEST_BYTES = 16 * 1024 * 1024;

/** The API (`POST /` with X-Amz-Target) and the runtime API (`POST /endpoints/{name}/invocations`) on one port. */
export function serve(world: World): Server {
  return createServer((request, response) => {
    answer(world, request, response).catch((error: unknown) => refuse(world, response, error));
  });
}

async function answer(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedAtMs = performance.now();
  requireLocalHost(request.headers.host, world.configuration.host);
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  if (request.method === 'GET' && path === '/_local/health') {
    writeJson(response, 200, { status: 'ready', containers: world.containerMode });
    return;
  }
  const body = await readBody(request);
  if (isFaultsPath(path)) {
    const contentType = header(request, 'content-type');
    const { status, document } = answerFaults(world, {
      method: request.method ?? '',
      path,
      contentType,
      body: body.toString('utf8'),
    });
    writeJson(response, status, document);
    return;
  }
  const endpoint = INVOCATIONS.exec(path)?.[1];
  if (request.method === 'POST' && endpoint !== undefined) {
    await world.faults.around('InvokeEndpoint', () =>
      answerInvocation(world, request, response, decoded(endpoint), body, receivedAtMs),
    );
    return;
  }
  const absent = ABSENT_INVOCATIONS.find(([pattern]) => pattern.test(path))?.[1];
  if (absent !== undefined)
    throw new UnknownOperationException(`The operation ${absent} is not offered by the local SageMaker.`);
  const target = header(request, 'x-amz-target');
  if (request.method !== 'POST' || path !== '/' || !target?.startsWith(TARGET)) {
    throw new UnknownOperationException(`${request.method} ${path} is neither SageMaker's API nor its runtime API.`);
  }
  const operation = target.slice(TARGET.length);
  const answered = await world.faults.around(operation, () => dispatch(world, operation, body.toString('utf8')));
  writeJson(response, 200, answered);
}

async function answerInvocation(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  endpointName: string,
  body: Buffer,
  receivedAtMs: number,
): Promise<void> {
  checkInvocation(world.runtimeModel, { ...request.headers, EndpointName: endpointName, Body: body });
  const answered = await invokeEndpoint(world, {
    endpointName,
    body,
    contentType: header(request, 'content-type'),
    accept: header(request, 'accept'),
    customAttributes: header(request, 'x-amzn-sagemaker-custom-attributes'),
    targetVariant: header(request, 'x-amzn-sagemaker-target-variant'),
    inferenceId: header(request, 'x-amzn-sagemaker-inference-id'),
    receivedAtMs,
  });
  response.writeHead(200, {
    'content-type': answered.contentType,
    'content-length': answered.body.length,
    'x-amzn-invoked-production-variant': answered.variant,
    'x-amzn-requestid': crypto.randomUUID(),
    ...(answered.customAttributes === undefined
      ? {}
      : { 'x-amzn-sagemaker-custom-attributes': answered.customAttributes }),
  });
  response.end(answered.body);
}

/** A name that is not well encoded stays as it came: it is no endpoint's, and is refused as such. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= LARGEST_REQUEST_BYTES) chunks.push(chunk);
  }
  if (size > LARGEST_REQUEST_BYTES)
    throw new ValidationError(`The request has ${size} bytes, more than any that is taken.`);
  return Buffer.concat(chunks);
}

function refuse(world: World, response: ServerResponse, error: unknown): void {
  if (response.headersSent || error instanceof ConnectionCut) {
    response.destroy();
    return;
  }
  if (error instanceof ModelError) {
    const side = error.originalStatus >= 400 && error.originalStatus < 500 ? 'CLIENT' : 'SERVER';
    writeJson(
      response,
      error.status,
      {
        ErrorCode: `${side}_ERROR_FROM_MODEL`,
        LogStreamArn: error.logStreamArn,
        Message: error.message,
        OriginalMessage: error.originalMessage,
        OriginalStatusCode: error.originalStatus,
      },
      error.name,
    );
  } else if (isRefusal(error)) {
    writeJson(
      response,
      error.status,
      { __type: error.name, message: error.message, Message: error.message },
      error.name,
    );
  } else {
    world.log(`A request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const message = error instanceof Error ? error.message : String(error);
    writeJson(response, 500, { __type: 'InternalFailure', message }, 'InternalFailure');
  }
}

function writeJson(response: ServerResponse, status: number, document: unknown, errorType?: string): void {
  const text = JSON.stringify(document);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': crypto.randomUUID(),
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  });
  response.end(text);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
