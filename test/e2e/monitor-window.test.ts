import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MODEL } from '../../local/demo/stage.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3CaptureObjects } from '../../shared/adapters/s3/capture-objects.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { captureUriOf, hourUriOf, VARIANT } from '../../shared/domain/capture-place.ts';
import { DriftReport } from '../../shared/domain/drift/drift-report.ts';
import type { TimeWindow } from '../../shared/domain/monitor-window.ts';
import { instant } from '../../shared/domain/monitor-window.ts';
import { outputUriOf, trainingSampleUrisOf } from '../../shared/domain/run-places.ts';
import { worldVariable } from '../harness/world.ts';
import { type E2eScene, ensureLive, openScene } from './open-scene.ts';

const STAGE = 'local';
const ACCOUNT = '000000000000';
const BUCKET = `mlops-${STAGE}-${ACCOUNT}`;
const CAPTURE_BUCKET = `mlops-${STAGE}-capture-${ACCOUNT}`;
const ENVIRONMENT = 'prod';
const REQUESTS = 150;
const ROWS_A_REQUEST = 10;
/** Stands in captured rows, and must never be seen again. */
const PLANTED = 'PLANTED-7f3a9c';

describe('a window of the live model', () => {
  let scene: E2eScene;
  let endpointName: string;
  let sample: string[];
  const windows = () =>
    dynamodbMonitorWindows({ table: `mlops-${STAGE}`, bus: eventbridgeBus({ bus: `mlops-${STAGE}` }) });
  const destination = captureUriOf(CAPTURE_BUCKET, { retainDays: 30 }, MODEL, ENVIRONMENT);

  beforeAll(async () => {
    scene = await openScene();
    await ensureLive(scene);
    const prod = (await scene.stage.deployments()).find(({ environment }) => environment === ENVIRONMENT);
    endpointName = prod?.endpointName ?? '';
    const run = await scene.runs.get(prod?.live?.runId ?? '');
    const { rows } = trainingSampleUrisOf(outputUriOf(BUCKET, run.runId, run.training?.number ?? 1));
    const { Body } = await new S3Client({ forcePathStyle: true }).send(
      new GetObjectCommand({ Bucket: BUCKET, Key: rows.slice(`s3://${BUCKET}/`.length) }),
    );
    const [, ...lines] = (await Body?.transformToString())?.trimEnd().split('\n') ?? [];
    sample = lines.map((line) => line.slice(0, line.lastIndexOf(',')));
  }, 240_000);
  afterAll(() => scene.close());

  /** Rows spread evenly over what the model was made with, as its clients would send them. */
  async function sendTraffic(): Promise<TimeWindow> {
    const client = new SageMakerRuntimeClient({});
    const from = await nextWholeSecond();
    const step = Math.floor(sample.length / (REQUESTS * ROWS_A_REQUEST));
    for (let request = 0; request < REQUESTS; request += 1) {
      const rows = Array.from(
        { length: ROWS_A_REQUEST },
        (_, row) => sample[(request * ROWS_A_REQUEST + row) * step] ?? '',
      );
      await client.send(
        new InvokeEndpointCommand({
          EndpointName: endpointName,
          ContentType: 'text/csv',
          Body: Buffer.from(`${rows.join('\n')}\n`),
        }),
      );
    }
    return { from: instant(from), to: instant(wholeSecond(Date.now() + 1000)) };
  }

  const wholeSecond = (time: number) => Math.floor(time / 1000) * 1000;

  /** Windows count in seconds: what the roll-out's smoke test asked in the second before is none of this window's traffic. */
  async function nextWholeSecond(): Promise<number> {
    const next = wholeSecond(Date.now()) + 1000;
    await new Promise((resolve) => setTimeout(resolve, next - Date.now() + 1));
    return next;
  }

  /** SageMaker delivers what it captured some time later. */
  async function whenCaptured({ from, to }: TimeWindow): Promise<void> {
    for (;;) {
      if ((await recordsIn({ from, to })) >= REQUESTS) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async function recordsIn({ from, to }: TimeWindow): Promise<number> {
    const captures = s3CaptureObjects();
    let records = 0;
    for (const hour of new Set([from, to].map((at) => hourUriOf(destination, endpointName, at)))) {
      for (const { key, modifiedAt } of await captures.list(hour)) {
        if (modifiedAt < from) continue;
        const chunks: Uint8Array[] = [];
        for await (const chunk of captures.read(`s3://${CAPTURE_BUCKET}/${key}`)) chunks.push(chunk);
        const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
        records += lines.map(inferenceTimeOf).filter((at) => at >= Date.parse(from) && at < Date.parse(to)).length;
      }
    }
    return records;
  }

  const inferenceTimeOf = (line: string): number => Date.parse(JSON.parse(line).eventMetadata.inferenceTime);

  async function look(window: TimeWindow): Promise<Record<string, unknown>> {
    const client = new SFNClient({});
    const region = worldVariable('AWS_REGION');
    const { executionArn } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: `arn:aws:states:${region}:${ACCOUNT}:stateMachine:mlops-${STAGE}-monitor-window`,
        input: JSON.stringify({ model: MODEL, environment: ENVIRONMENT, scheduledAt: window.to, window }),
      }),
    );
    for (;;) {
      const { status, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'SUCCEEDED') return JSON.parse(output ?? '{}');
      if (status !== 'RUNNING') throw new Error(`the look at the window ${status}: ${error} ${cause}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('is judged once, however often it is looked at: one record, one report, one set of metrics', async () => {
    const window = await sendTraffic();
    await whenCaptured(window);
    const looks = await Promise.all([1, 2, 3, 4, 5].map(() => look(window)));
    for (const { outcome } of looks) expect(['judged', 'already-judged']).toContain(outcome);
    expect(await look(window)).toMatchObject({ outcome: 'already-judged' });

    const rows = (await windows().list(MODEL, ENVIRONMENT, 10)).filter((row) => row.window.to === window.to);
    expect(rows).toMatchObject([
      { status: 'judged', verdict: 'ok', rows: REQUESTS * ROWS_A_REQUEST, records: REQUESTS, invalidRecords: 0 },
    ]);
    const [row] = rows;
    const documents = s3Documents({ bucket: BUCKET });
    if (row?.report === undefined || row.page === undefined) throw new Error('the window has no report');
    const report = DriftReport.parse(JSON.parse(Buffer.from(await documents.read(row.report)).toString()));
    expect(report.features.map(({ verdict }) => verdict)).not.toContain('drifted');
    expect(report.prediction?.verdict).toBe('ok');
    expect(Buffer.from(await documents.read(row.page)).toString()).toMatch(/^<!DOCTYPE html>/i);
    expect(await countOf('DriftBreach', window)).toEqual([1]);
    expect(await countOf('WindowRows', window)).toEqual([1]);
  }, 240_000);

  async function countOf(MetricName: string, { to }: TimeWindow): Promise<(number | undefined)[]> {
    const minute = Math.floor(Date.parse(to) / 60_000) * 60_000;
    const { Datapoints = [] } = await new CloudWatchClient({}).send(
      new GetMetricStatisticsCommand({
        Namespace: 'MLOps',
        MetricName,
        Dimensions: [
          { Name: 'Stage', Value: STAGE },
          { Name: 'Model', Value: MODEL },
          { Name: 'Environment', Value: ENVIRONMENT },
        ],
        StartTime: new Date(minute),
        EndTime: new Date(minute + 60_000),
        Period: 60,
        Statistics: ['SampleCount'],
      }),
    );
    return Datapoints.map(({ SampleCount }) => SampleCount);
  }

  it('names an object that is cut off and judges the rest, however old the window is', async () => {
    const at = '2020-02-03T04:05:06Z';
    const line = (data: string) =>
      `${JSON.stringify({
        captureData: {
          endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data, encoding: 'CSV' },
          endpointOutput: {
            observedContentType: 'application/json',
            mode: 'OUTPUT',
            data: '{"predictions":[{"score":0.2,"late":false}]}',
            encoding: 'JSON',
          },
        },
        eventMetadata: { eventId: 'e', inferenceTime: at },
        eventVersion: '0',
      })}\n`;
    const Key = `${hourUriOf(destination, endpointName, at).slice(`s3://${CAPTURE_BUCKET}/`.length)}05-06-000-cut.jsonl`;
    const CARRIER = 10;
    const cells = (sample[20] ?? '').split(',').map((cell, column) => ([0, CARRIER].includes(column) ? PLANTED : cell));
    const planted = cells.join(',');
    const Body = `${sample.slice(0, 20).map(line).join('')}${line(planted).repeat(30)}${line(planted).slice(0, 300)}`;
    await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket: CAPTURE_BUCKET, Key, Body }));
    const window = { from: '2020-02-03T04:00:00.000Z', to: '2020-02-03T05:00:00.000Z' };
    expect(await look(window)).toMatchObject({ outcome: 'judged', verdict: 'insufficient-data', breached: false });
    const row = await windows().find({ model: MODEL, environment: ENVIRONMENT, variant: VARIANT, window });
    if (row?.report === undefined) throw new Error('the window has no report');
    const bytes = await s3Documents({ bucket: BUCKET }).read(row.report);
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
      rows: 50,
      invalidRecords: 1,
      findings: expect.arrayContaining([
        expect.objectContaining({
          kind: 'unreadable-object',
          sentence: expect.stringContaining('05-06-000-cut.jsonl'),
        }),
      ]),
    });
    expect(Buffer.from(bytes).toString()).not.toContain(PLANTED);
    if (row.page)
      expect(Buffer.from(await s3Documents({ bucket: BUCKET }).read(row.page)).toString()).not.toContain(PLANTED);
  }, 240_000);

  it('leaves no captured value in a log, a mail, an issue or a row', async () => {
    const mails = await (await fetch(`${scene.world.urls.inbox}/api/mails`)).text();
    const issues = JSON.stringify(await scene.stage.gitlab.issues());
    const rows = JSON.stringify(await windows().list(MODEL, ENVIRONMENT, 50));
    for (const told of [mails, issues, rows, ...(await linesOfLogs())]) expect(told).not.toContain(PLANTED);
  }, 240_000);

  /** What the functions that can see a window have logged, a text each. */
  async function linesOfLogs(): Promise<string[]> {
    const client = new CloudWatchLogsClient({});
    const functions = ['planWindow', 'readBatch', 'judgeWindow', 'renderReport', 'publishWindow', 'trackCase'];
    return Promise.all(
      functions.map(async (name) => {
        const logGroupName = `/aws/lambda/mlops-${STAGE}-${name}`;
        const lines: string[] = [];
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName }))
          lines.push(...events.map(({ message }) => message ?? ''));
        expect({ name, logged: lines.length > 0 }).toEqual({ name, logged: true });
        return lines.join('\n');
      }),
    );
  }
});
