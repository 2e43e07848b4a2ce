import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataCapture } from '../../../../local/sagemaker/serving/data-capture.ts';

let folder: string;
let written: { uri: string; events: string[] }[];
let broken: Map<string, Error>;
let logged: string[];
let capture: DataCapture;

const objects = {
  writeText: async (uri: string, text: string | Buffer) => {
    const error = [...broken].find(([bucket]) => uri.startsWith(`s3://${bucket}/`))?.[1];
    if (error !== undefined) throw error;
    const records = text.toString().trim().split('\n');
    written.push({ uri, events: records.map((record) => JSON.parse(record).eventMetadata.eventId) });
  },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capture-'));
  written = [];
  logged = [];
  broken = new Map();
  capture = new DataCapture(folder, objects, (line) => logged.push(line));
});
afterEach(async () => {
  await capture.close();
  rmSync(folder, { recursive: true });
});

const payload = { contentType: 'text/csv', body: Buffer.from('1') };
function record(bucket: string, eventId: string, at = new Date()): void {
  capture.record(
    {
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${bucket}/captured`,
      CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
    },
    { endpoint: 'flights', variant: 'main', eventId, inferenceId: undefined, at, input: payload, output: payload },
  );
}

const events = () => written.flatMap((each) => each.events).sort();
const denied = Object.assign(new Error('not yours'), { name: 'AccessDenied' });
const absent = Object.assign(new Error('no bucket'), { name: 'NoSuchBucket' });

describe('captured data', () => {
  it('of one destination is written while another cannot be, and only that is tried again', async () => {
    broken.set('closed', denied);
    record('closed', 'a');
    record('open', 'b');
    await capture.flush();
    expect(events()).toEqual(['b']);
    record('closed', 'c');
    record('open', 'd');
    await capture.flush();
    expect(events()).toEqual(['b', 'd']);
    broken.clear();
    await capture.flush();
    await capture.flush();
    expect(events()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('survives the end of the server where it could not be written', async () => {
    broken.set('closed', denied);
    record('closed', 'a');
    await capture.close();
    broken.clear();
    capture = new DataCapture(folder, objects, (line) => logged.push(line));
    await capture.flush();
    expect(events()).toEqual(['a']);
  });

  it.each([
    ['whose bucket does not exist', absent, new Date()],
    ['that is older than an hour', denied, new Date(Date.now() - 61 * 60 * 1000)],
  ])('%s is dropped, which the log tells once', async (_which, error, at) => {
    broken.set('closed', error);
    record('closed', 'a', at);
    record('closed', 'b', at);
    await capture.flush();
    broken.clear();
    await capture.flush();
    expect(written).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('2 of them are dropped')]);
  });
});
