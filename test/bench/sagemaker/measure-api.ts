import { say } from '../figures.ts';
import { cpuSeconds } from '../processes.ts';
import { type Api, sagemakerApi } from './http-client.ts';
import { type Load, underLoad } from './load.ts';
import { configInput, modelInput, pipelineInput } from './requests.ts';

type Server = { url: string; pid: number };
type Input = (index: number) => Record<string, unknown>;

const AT_ONCE = 16;
/** In turns, because the machine may have other work now and then. */
const ROUNDS = 3;
const REQUESTS = 2000;
/** moto takes minutes for as many. */
const REQUESTS_OF_MOTO = 200;

const named = (index: number) => `bench-${index % 100}`;
let created = 0;
const fresh = () => `created-${created++}`;

const operations: [string, Input][] = [
  ['DescribeModel', (index) => ({ ModelName: named(index) })],
  ['DescribeEndpointConfig', (index) => ({ EndpointConfigName: named(index) })],
  ['DescribePipeline', (index) => ({ PipelineName: named(index) })],
  ['DescribeModelPackageGroup', (index) => ({ ModelPackageGroupName: named(index) })],
  ['ListModels', () => ({ MaxResults: 10 })],
  ['ListPipelines', () => ({ MaxResults: 10 })],
  ['CreateModel', () => modelInput(fresh())],
  ['CreatePipeline', () => pipelineInput(fresh())],
];

export type OperationFigures = Load & { operation: string; perCpuSecond: number };

/** Requests per second of operations that both servers have; without moto those of ours alone. */
export async function measureOperations(ours: Server, moto: Server | undefined): Promise<OperationFigures[]> {
  const servers = [ours, ...(moto === undefined ? [] : [moto])];
  for (const { url } of servers) await furnish(sagemakerApi(url));
  say(`${'requests a second'.padEnd(28)} ours    per CPU second   moto   per CPU second   ours is faster`);
  const all: OperationFigures[] = [];
  for (const [operation, input] of operations) {
    const rounds: { ours: OperationFigures; moto: OperationFigures | undefined }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        ours: await measure(ours, operation, input, REQUESTS),
        moto: moto === undefined ? undefined : await measure(moto, operation, input, REQUESTS_OF_MOTO),
      });
    }
    const mine = middle(rounds.map((round) => round.ours));
    all.push(mine);
    print(mine, moto === undefined ? undefined : middle(rounds.flatMap((round) => round.moto ?? [])));
  }
  return all;
}

async function measure(
  { url, pid }: Server,
  operation: string,
  input: Input,
  requests: number,
): Promise<OperationFigures> {
  const api = sagemakerApi(url);
  await underLoad(AT_ONCE, AT_ONCE, (index) => api(operation, input(index)));
  const before = cpuSeconds(pid);
  const load = await underLoad(requests, AT_ONCE, (index) => api(operation, input(index)));
  return { ...load, operation, perCpuSecond: requests / Math.max(0.01, cpuSeconds(pid) - before) };
}

async function furnish(api: Api): Promise<void> {
  for (let index = 0; index < 100; index += 1) {
    const name = named(index);
    await api('CreateModel', modelInput(name));
    await api('CreateEndpointConfig', configInput(name, name));
    await api('CreatePipeline', pipelineInput(name));
    await api('CreateModelPackageGroup', { ModelPackageGroupName: name });
  }
}

function middle(rounds: OperationFigures[]): OperationFigures {
  const [found] = rounds.toSorted((a, b) => a.perSecond - b.perSecond).slice(Math.floor(rounds.length / 2));
  if (found === undefined) throw new Error('There was no round.');
  return found;
}

function print(ours: OperationFigures, moto: OperationFigures | undefined): void {
  const columns = [ours.perSecond.toFixed(0).padStart(6), ours.perCpuSecond.toFixed(0).padStart(14)];
  const others =
    moto === undefined
      ? []
      : [
          moto.perSecond.toFixed(0).padStart(9),
          moto.perCpuSecond.toFixed(0).padStart(14),
          `${(ours.perSecond / moto.perSecond).toFixed(1)}×`.padStart(14),
          `(${(ours.perCpuSecond / moto.perCpuSecond).toFixed(1)}× by CPU time)`,
        ];
  say(`${ours.operation.padEnd(26)} ${[...columns, ...others].join(' ')}`);
}
