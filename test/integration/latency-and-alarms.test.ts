import { randomBytes, randomInt } from 'node:crypto';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListTagsForResourceCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { type AttributeValue, DeleteItemCommand, DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { poll } from '../../local/demo/poll.ts';
import { worldUrls } from '../../local/world/environment.ts';
import { cloudwatchAlarms } from '../../shared/adapters/cloudwatch/alarms.ts';
import { cloudwatchEndpointMetrics } from '../../shared/adapters/cloudwatch/endpoint-metrics.ts';
import { cloudwatchMetrics } from '../../shared/adapters/cloudwatch/metrics.ts';
import { dynamodbLatencyReadings } from '../../shared/adapters/dynamodb/latency-readings.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { openTable } from '../../shared/adapters/dynamodb/table.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { VARIANT } from '../../shared/domain/capture-place.ts';
import type { TrafficPeriod } from '../../shared/domain/latency-traffic.ts';
import { Policy } from '../../shared/domain/policy.ts';
import { endpointMetricsContract } from '../contract/suites/endpoint-metrics.ts';
import { sampleEvent, sampleRelease, sampleRun } from '../fakes/sample-records.ts';
import { testWorld } from '../harness/world.ts';
import { traffic, until } from '../unit/monitoring/traffic.ts';

const STAGE = 'mlops-local';
const MODEL = 'flight-delays';
const NO_ERRORS = { clientErrors: 0, serverErrors: 0, modelErrors: 0 };
const records = { table: STAGE, bus: eventbridgeBus({ bus: STAGE }) };
const cloudwatch = new CloudWatchClient({});
const dynamodb = new DynamoDBClient({});
const urls = worldUrls(testWorld().ports);

const Mails = z.array(z.looseObject({ to: z.string(), subject: z.string(), text: z.string() }));

/** As SageMaker does: latencies as values and counts, a slow one of 300 ms, any other of 40. */
async function putMinutes(endpointName: string, minutes: readonly TrafficPeriod[]): Promise<void> {
  const Dimensions = [
    { Name: 'EndpointName', Value: endpointName },
    { Name: 'VariantName', Value: VARIANT },
  ];
  const MetricData = minutes.flatMap((minute): MetricDatum[] => {
    const Timestamp = new Date(minute.start);
    const count = (MetricName: string, Value: number): MetricDatum => ({ MetricName, Dimensions, Timestamp, Value });
    const latencies = [
      { value: 40_000, count: minute.measured - minute.slow },
      { value: 300_000, count: minute.slow },
    ].filter(({ count }) => count > 0);
    return [
      count('Invocations', minute.invocations),
      count('Invocation4XXErrors', minute.clientErrors),
      count('Invocation5XXErrors', minute.serverErrors),
      count('InvocationModelErrors', minute.modelErrors),
      ...['ModelLatency', 'OverheadLatency'].map((MetricName) => ({
        MetricName,
        Dimensions,
        Timestamp,
        Unit: 'Microseconds' as const,
        Values: latencies.map(({ value }) => value),
        Counts: latencies.map(({ count }) => count),
      })),
    ];
  });
  for (let first = 0; first < MetricData.length; first += 500)
    await cloudwatch.send(
      new PutMetricDataCommand({ Namespace: 'AWS/SageMaker', MetricData: MetricData.slice(first, first + 500) }),
    );
}

/** An environment of its own in which a version is live, with its run and its policy; nothing was really rolled out. */
async function makePlace() {
  const environment = `t${randomBytes(4).toString('hex')}`;
  const endpointName = `${STAGE}-${MODEL}-${environment}`;
  const documents = s3Documents({ bucket: `${STAGE}-000000000000` });
  const put = async (pk: string, sk: string, entity: object) =>
    void (await openTable(STAGE).put(
      { pk, sk, entity, version: 1 },
      { expression: 'attribute_exists(pk) OR attribute_not_exists(pk)' },
    ));

  async function live(version: number, monitoring: object | undefined) {
    const policy = Policy.parse({
      apiVersion: 'mlops/v1',
      model: MODEL,
      data: [{ name: 'flights', uri: 's3://mlops-data-local/flight-delays/' }],
      pipeline: {},
      evaluation: { gates: [{ metric: 'auc', min: 0.7 }] },
      approval: { stewards: { group: 'ml-stewards' } },
      environments: [{ name: environment, instanceType: 'ml.m5.large', capture: { percent: 100 } }],
      smokeTest: {},
      ...(monitoring && { monitoring }),
    });
    const key = `documents/tests/${environment}/policy-${version}.json`;
    const accepted = sampleRun({
      pipelineId: randomInt(1_000_000_000, 2_000_000_000),
      ref: `${environment}-${version}`,
      status: 'live',
      policy: await documents.write(key, canonicalJson(policy), 'application/json'),
    });
    const { run } = await dynamodbRuns(records).create(accepted, sampleEvent(accepted));
    const deployment = { model: MODEL, environment, endpointName, live: sampleRelease(run, { version }) };
    await put(`MODEL#${MODEL}`, `DEPLOYMENT#${environment}`, { fence: 1, deployment });
  }

  /** Takes away what stands for something live: other tests look at all that is live in this world. */
  async function leave(): Promise<void> {
    await invoke('withdrawMonitoring', { model: MODEL, environment });
    // Runs and cases stay: consumers of what was told of them may still come.
    const ofModel = (await itemsOf(`MODEL#${MODEL}`)).filter(
      (item) =>
        /^(DEPLOYMENT|LATENCY|BURN|WINDOW)#/.test(item.sk.S ?? '') && JSON.stringify(item).includes(environment),
    );
    for (const { pk, sk } of ofModel) await dynamodb.send(new DeleteItemCommand({ TableName: STAGE, Key: { pk, sk } }));
  }
  return { environment, endpointName, live, leave };
}

type Item = Record<'pk' | 'sk', AttributeValue>;

async function itemsOf(pk: string): Promise<Item[]> {
  const items: Item[] = [];
  const query = {
    TableName: STAGE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
  };
  for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query))
    for (const { pk, sk, ...rest } of Items) if (pk && sk) items.push({ ...rest, pk, sk });
  return items;
}

async function invoke(name: string, input: object = {}): Promise<unknown> {
  const { Payload, FunctionError } = await new LambdaClient({}).send(
    new InvokeCommand({ FunctionName: `${STAGE}-${name}`, Payload: Buffer.from(JSON.stringify(input)) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`${name}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function alarmsOf(environment: string) {
  const { MetricAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: `${STAGE}-${MODEL}-${environment}-` }),
  );
  return new Map(MetricAlarms.map((alarm) => [alarm.AlarmName?.split(`-${environment}-`)[1] ?? '', alarm]));
}

const mailAbout = (text: string, state: string) =>
  poll(
    `a mail about ${text}`,
    async () => {
      const mails = Mails.parse(await (await fetch(`${urls.inbox}/api/mails`)).json());
      return mails.find((mail) => mail.subject.startsWith(`${state}: `) && mail.subject.includes(text));
    },
    { seconds: 60 },
  );

describe('cloudwatchEndpointMetrics', () => {
  endpointMetricsContract(async () => ({ metrics: cloudwatchEndpointMetrics(), put: putMinutes }));

  it('reads percentiles over the whole window', async () => {
    const endpointName = `mlops-test-${randomBytes(4).toString('hex')}`;
    const end = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();
    await putMinutes(
      endpointName,
      until(end, 60, 40, (start) => traffic(start, 50, { slow: 1 })),
    );
    const window = { from: new Date(Date.parse(end) - 3_600_000).toISOString(), to: end };
    const percentiles = await cloudwatchEndpointMetrics().readPercentiles(endpointName, window);
    expect(percentiles).toMatchObject({ measured: 2_000, modelMicros: { p50: 40_000, p90: 40_000, p99: 300_000 } });
    expect(percentiles?.overheadMicros).toEqual(percentiles?.modelMicros);
  });
});

describe('what watches an environment', () => {
  let place: Awaited<ReturnType<typeof makePlace>>;
  // No rate, which would fire at once, find that there is no endpoint, and take everything away again.
  const DRIFT = { drift: { schedule: 'cron(0 3 * * ? *)', alert: { consecutive: 1 } } };
  const LATENCY = { latency: { slo: { withinMs: 100, target: 0.99 } } };

  beforeAll(async () => {
    place = await makePlace();
    await place.live(7, { ...DRIFT, ...LATENCY });
    await invoke('arrangeMonitoring', { model: MODEL, environment: place.environment });
  });

  afterAll(() => place.leave());

  const scheduleOf = (environment: string) =>
    new SchedulerClient({}).send(new GetScheduleCommand({ GroupName: STAGE, Name: `${MODEL}-${environment}-drift` }));

  it('are its alarms, its schedule and the dashboard of its model', async () => {
    const { environment, endpointName } = place;
    const alarms = await alarmsOf(environment);
    expect([...alarms.keys()].sort()).toEqual([
      'drift',
      'errors',
      'latency-page',
      'latency-ticket',
      'monitor-silent',
      'no-data',
    ]);
    expect(alarms.get('monitor-silent')?.StateValue).not.toBe('ALARM');
    const { Tags } = await cloudwatch.send(
      new ListTagsForResourceCommand({ ResourceARN: alarms.get('drift')?.AlarmArn ?? '' }),
    );
    expect(Tags).toEqual(expect.arrayContaining([{ Key: 'environment', Value: environment }]));
    const schedule = await scheduleOf(environment);
    expect(schedule).toMatchObject({ ScheduleExpression: 'cron(0 3 * * ? *)', State: 'ENABLED' });
    expect(schedule.Target?.Arn).toMatch(/stateMachine:mlops-local-monitor-window$/);
    expect(JSON.parse(schedule.Target?.Input ?? '')).toMatchObject({ model: MODEL, environment });
    const { DashboardBody } = await cloudwatch.send(new GetDashboardCommand({ DashboardName: `${STAGE}-${MODEL}` }));
    expect(DashboardBody).toContain(endpointName);
  });

  it('page by mail when the budget burns, with the version and what to do', async () => {
    const { environment, endpointName } = place;
    const readings = dynamodbLatencyReadings(records);
    const end = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();
    await putMinutes(
      endpointName,
      until(end, 60, 90, (start) => traffic(start, 20, { slow: 5, ...NO_ERRORS })),
    );
    await invoke('measureLatency');
    const [reading] = await readings.list(MODEL, environment, 1);
    expect(reading).toMatchObject({ version: 7, goodShare: 0.75, page: { since: expect.any(String) } });
    expect(reading?.burnRates.latency['1h']).toBeCloseTo(25, 6);
    const mail = await mailAbout(`${environment}-latency-page`, 'ALARM');
    expect(mail).toMatchObject({ to: expect.stringContaining('ml-on-call') });
    expect(mail.text).toContain('Version 7, commit c0ffee');
    expect(mail.text).toContain('/runbooks/latency-page');
    expect((await alarmsOf(environment)).get('errors')?.StateValue).not.toBe('ALARM');
    const runbook = await fetch(`${urls.web}/runbooks/latency-page`);
    expect([runbook.status, await runbook.text()]).toEqual([
      200,
      expect.stringContaining('npm run -s mlops -- rollback'),
    ]);
  });

  it('ring each on their own: drift here, and nothing in another environment', async () => {
    const other = await makePlace();
    await other.live(7, DRIFT);
    await invoke('arrangeMonitoring', { model: MODEL, environment: other.environment });
    const at = new Date().toISOString();
    const breach = (environment: string, value: number) => ({
      name: 'DriftBreach',
      value,
      dimensions: { Stage: 'local', Model: MODEL, Environment: environment },
      at,
    });
    await cloudwatchMetrics().publish([breach(place.environment, 1), breach(other.environment, 0)]);
    await mailAbout(`${place.environment}-drift`, 'ALARM');
    expect((await alarmsOf(other.environment)).get('drift')?.StateValue).toBe('OK');
    await invoke('withdrawMonitoring', { model: MODEL, environment: other.environment });
    expect((await alarmsOf(other.environment)).size).toBe(0);
    await expect(scheduleOf(other.environment)).rejects.toThrow(/not exist|not found/i);
    await other.leave();
  });

  it('goes as far as a newer version does not ask for it, and changes nothing when it is arranged again', async () => {
    const { environment } = place;
    await place.live(8, LATENCY);
    for (const _again of [1, 2]) await invoke('arrangeMonitoring', { model: MODEL, environment });
    const alarms = await alarmsOf(environment);
    expect([...alarms.keys()].sort()).toEqual(['errors', 'latency-page', 'latency-ticket', 'monitor-silent']);
    expect(alarms.get('latency-page')?.StateValue).toBe('ALARM');
    expect(alarms.get('latency-page')?.AlarmDescription).toContain('Version 8');
    await expect(scheduleOf(environment)).rejects.toThrow(/not exist|not found/i);
    await place.live(9, undefined);
    await invoke('arrangeMonitoring', { model: MODEL, environment });
    expect((await alarmsOf(environment)).size).toBe(0);
    await cloudwatchAlarms().remove([`${STAGE}-${MODEL}-${environment}-drift`]);
  });
});

describe('notices', () => {
  it('arrive in this world: every topic is heard, the hook is called, the token lasts', async () => {
    await invoke('checkNotices');
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: ['unconfirmed-topic', 'disabled-hook', 'gitlab-token'].map((name) => `${STAGE}-${name}`),
      }),
    );
    expect(MetricAlarms.map(({ StateValue }) => StateValue)).not.toContain('ALARM');
    expect(MetricAlarms).toHaveLength(3);
  });
});
