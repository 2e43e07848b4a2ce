import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfiguration } from '../../../../local/sagemaker/configuration.ts';
import { EventSender, type SageMakerEvent } from '../../../../local/sagemaker/events/event-sender.ts';

type Entry = { DetailType: string; Detail: string };
type Result = { EventId?: string; ErrorCode?: string };

let bus: Server;
let calls: Entry[][];
let answer: (entry: Entry) => Result;
let lines: string[];
let sender: EventSender;

beforeEach(async () => {
  calls = [];
  lines = [];
  answer = () => ({ EventId: '1' });
  bus = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { Entries: entries }: { Entries: Entry[] } = JSON.parse(body);
      calls.push(entries);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ FailedEntryCount: 0, Entries: entries.map(answer) }));
    });
  });
  await new Promise<void>((resolve) => bus.listen(0, '127.0.0.1', resolve));
  const { port } = bus.address() as AddressInfo;
  const environment = {
    ...{ STATE_DIR: '/nowhere', SAGEMAKER_PYTHON: 'python3', BOTOCORE_DATA: '/nowhere', AWS_REGION: 'eu-central-1' },
    ...{ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  };
  sender = new EventSender(readConfiguration(environment), (line) => lines.push(line));
});
afterEach(() => new Promise<void>((resolve) => void bus.close(() => resolve()).closeAllConnections()));

const event = (number: number, size = 0): SageMakerEvent => ({
  ...{ detailType: `change ${number}`, resources: [], at: new Date(0) },
  detail: { number, text: 'x'.repeat(size) },
});
const numbers = () => calls.flat().map(({ Detail }) => JSON.parse(Detail).number);

describe('events to the bus', () => {
  it('arrive once and in order, at most ten in a call', async () => {
    for (let number = 0; number < 35; number += 1) sender.send(event(number));
    await sender.drained();
    expect(numbers()).toEqual(Array.from({ length: 35 }, (_, number) => number));
    expect(Math.max(...calls.map((entries) => entries.length))).toBe(10);
    expect(calls.length).toBeLessThanOrEqual(5);
  });

  it('share a call only as far as its size allows', async () => {
    for (let number = 0; number < 5; number += 1) sender.send(event(number, 90_000));
    await sender.drained();
    expect(numbers()).toEqual([0, 1, 2, 3, 4]);
    expect(Math.max(...calls.map((entries) => entries.length))).toBe(2);
  });

  it('are sent again alone where the bus refused them for the moment', async () => {
    let refused = 0;
    answer = ({ Detail }) =>
      JSON.parse(Detail).number === 2 && refused++ === 0 ? { ErrorCode: 'Throttled' } : { EventId: '1' };
    for (let number = 0; number < 4; number += 1) sender.send(event(number));
    await sender.drained();
    expect(numbers().toSorted()).toEqual([0, 1, 2, 2, 3]);
    expect(lines).toEqual([]);
  });

  it('are dropped with one line where the bus takes none of that source', async () => {
    answer = () => ({ ErrorCode: 'NotAuthorizedForSourceException' });
    for (let number = 0; number < 15; number += 1) sender.send(event(number));
    await sender.drained();
    expect(calls.flat()).toHaveLength(15);
    expect(lines).toHaveLength(1);
  });
});
