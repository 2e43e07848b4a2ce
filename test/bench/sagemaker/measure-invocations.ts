import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packFolder } from '../../../local/sagemaker/jobs/archives.ts';
import { median } from '../figures.ts';
import { cpuSeconds } from '../processes.ts';
import { type Api, connect, type Post } from './http-client.ts';
import { type Load, underLoad } from './load.ts';
import { configInput, modelInput } from './requests.ts';

/** A model that does nothing but tell the port of its own server when it is asked, so that it can be called directly too. */
const INFERENCE = `import gc, socketserver
def model_fn(model_dir):
    return None
def transform_fn(model, body, content_type, accept):
    if body == b'port':
        return str(next(each for each in gc.get_objects() if isinstance(each, socketserver.TCPServer)).server_address[1]), accept
    return body, accept
`;

const NAME = 'bench-endpoint';
const HEADERS = { 'content-type': 'text/csv', accept: 'text/csv' };
const ROW = '1,2,3,4';
const BLOCKS = 40;
const CALLS_A_BLOCK = 50;
const REQUESTS = 5000;
const ROUNDS = 3;
export const CONNECTIONS = 16;

type InvocationFigures = { direct: Load; invoked: Load; cpuMs: number; directMedianMs: number; overheadMs: number };

/** Creates the endpoint, then calls it and its worker in turns: one after the other, and with many connections. */
export async function measureInvocations(
  server: { url: string; pid: number },
  api: Api,
  upload: (key: string, body: Buffer) => Promise<string>,
  folder: string,
): Promise<InvocationFigures> {
  await createEndpoint(api, await upload('model.tar.gz', await modelArchive(folder)));
  const invoke = sender(connect(server.url), `/endpoints/${NAME}/invocations`);
  const direct = sender(connect(`http://127.0.0.1:${await invoke('port')}`), '/invocations');
  const times = { direct: [] as number[], invoked: [] as number[] };
  for (let block = 0; block < BLOCKS; block += 1) {
    await oneByOne(direct, block === 0 ? [] : times.direct);
    await oneByOne(invoke, block === 0 ? [] : times.invoked);
  }
  const loads = { direct: [] as Load[], invoked: [] as Load[] };
  let cpuMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    loads.direct.push(await underLoad(REQUESTS, CONNECTIONS, () => direct(ROW)));
    const before = cpuSeconds(server.pid);
    loads.invoked.push(await underLoad(REQUESTS, CONNECTIONS, () => invoke(ROW)));
    cpuMs += ((cpuSeconds(server.pid) - before) * 1000) / (REQUESTS * ROUNDS);
  }
  await api('DeleteEndpoint', { EndpointName: NAME });
  const directMedianMs = median(times.direct);
  return {
    direct: middle(loads.direct),
    invoked: middle(loads.invoked),
    cpuMs,
    directMedianMs,
    overheadMs: median(times.invoked) - directMedianMs,
  };
}

async function modelArchive(folder: string): Promise<Buffer> {
  mkdirSync(join(folder, 'model', 'code'), { recursive: true });
  writeFileSync(join(folder, 'model', 'code', 'inference.py'), INFERENCE);
  const archive = join(folder, 'model.tar.gz');
  await packFolder(join(folder, 'model'), archive);
  return readFileSync(archive);
}

async function createEndpoint(api: Api, ModelDataUrl: string): Promise<void> {
  const { PrimaryContainer, ...model } = modelInput(NAME);
  const Environment = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };
  await api('CreateModel', { ...model, PrimaryContainer: { ...PrimaryContainer, ModelDataUrl, Environment } });
  await api('CreateEndpointConfig', configInput(NAME, NAME));
  await api('CreateEndpoint', { EndpointName: NAME, EndpointConfigName: NAME });
  for (;;) {
    const { EndpointStatus, FailureReason } = await api('DescribeEndpoint', { EndpointName: NAME });
    if (EndpointStatus === 'InService') return;
    if (EndpointStatus === 'Failed') throw new Error(`The endpoint failed: ${FailureReason}`);
    await sleep(100);
  }
}

function sender(post: Post, path: string): (row: string) => Promise<string> {
  return async (row) => {
    const { status, body } = await post(path, HEADERS, row);
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body}`);
    return body;
  };
}

async function oneByOne(send: (row: string) => Promise<unknown>, times: number[]): Promise<void> {
  for (let call = 0; call < CALLS_A_BLOCK; call += 1) {
    const began = performance.now();
    await send(ROW);
    times.push(performance.now() - began);
  }
}

function middle(loads: Load[]): Load {
  const [found] = loads.toSorted((a, b) => a.perSecond - b.perSecond).slice(Math.floor(loads.length / 2));
  if (found === undefined) throw new Error('There was no round.');
  return found;
}
