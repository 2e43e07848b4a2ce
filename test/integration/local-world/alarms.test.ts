import { randomUUID } from 'node:crypto';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type MetricDatum,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { awsSettings, createStack, deleteStack } from './scratch-stack.ts';

const topic = (statement: object) => ({
  Type: 'AWS::SNS::TopicPolicy',
  Properties: {
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sns:Publish', ...statement }] },
  },
});
const policyOf = (name: string, principal: string) => {
  const { Properties, Type } = topic({ Principal: { Service: principal }, Resource: { Ref: name } });
  return { Type, Properties: { ...Properties, Topics: [{ Ref: name }] } };
};
const arn = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const subscription = (name: string) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: name }, Protocol: 'sqs', Endpoint: arn('Messages'), RawMessageDelivery: true },
});

const template = {
  Resources: {
    OnCall: { Type: 'AWS::SNS::Topic' },
    OnCallPolicy: policyOf('OnCall', 'cloudwatch.amazonaws.com'),
    Closed: { Type: 'AWS::SNS::Topic' },
    ClosedPolicy: policyOf('Closed', 'events.amazonaws.com'),
    Messages: { Type: 'AWS::SQS::Queue' },
    Events: { Type: 'AWS::SQS::Queue' },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Messages' }, { Ref: 'Events' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: ['sns.amazonaws.com', 'events.amazonaws.com'].map((Service) => ({
            Effect: 'Allow',
            Principal: { Service },
            Action: 'sqs:SendMessage',
            Resource: '*',
          })),
        },
      },
    },
    OnCallSubscription: subscription('OnCall'),
    ClosedSubscription: subscription('Closed'),
    AlarmRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } },
        Targets: [{ Id: 'queue', Arn: arn('Events') }],
      },
    },
  },
  Outputs: Object.fromEntries(
    ['OnCall', 'Closed', 'Messages', 'Events'].map((name) => [name, { Value: { Ref: name } }]),
  ),
};

const Namespace = `Test/${randomUUID()}`;
const stack = `alarms-${randomUUID().slice(0, 8)}`;
const dimensionsOf = (model: string) => [{ Name: 'Model', Value: model }];
const cloudwatch = () => new CloudWatchClient(awsSettings());
const named = (name: string) => `${stack}-${name}`;

async function publish(...data: readonly Partial<MetricDatum>[]): Promise<void> {
  const MetricData = data.map((datum) => ({ MetricName: 'DriftBreach', ...datum }));
  await cloudwatch().send(new PutMetricDataCommand({ Namespace, MetricData }));
}

async function putAlarm(name: string, model: string, more: Partial<PutMetricAlarmCommandInput> = {}): Promise<void> {
  await cloudwatch().send(
    new PutMetricAlarmCommand({
      AlarmName: named(name),
      Namespace,
      MetricName: 'DriftBreach',
      Dimensions: dimensionsOf(model),
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...more,
    }),
  );
}

async function describeAlarm(name: string) {
  const { MetricAlarms = [] } = await cloudwatch().send(new DescribeAlarmsCommand({ AlarmNames: [named(name)] }));
  return MetricAlarms[0];
}
const stateOf = async (name: string) => (await describeAlarm(name))?.StateValue;

async function take(queue: string): Promise<Record<string, unknown>[]> {
  const { Messages = [] } = await new SQSClient(awsSettings()).send(
    new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 10, MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body }) => JSON.parse(Body ?? '{}'));
}

describe('alarms of the local CloudWatch', () => {
  let outputs: Record<string, string> = {};
  const output = (name: string): string => outputs[name] ?? '';
  beforeAll(async () => {
    outputs = await createStack(stack, template);
  });
  afterAll(async () => {
    const { MetricAlarms = [] } = await cloudwatch().send(new DescribeAlarmsCommand({ AlarmNamePrefix: stack }));
    await cloudwatch().send(
      new DeleteAlarmsCommand({ AlarmNames: MetricAlarms.flatMap((each) => each.AlarmName ?? []) }),
    );
    await deleteStack(stack);
  });

  it('of two models with the same metric go off each on their own', async () => {
    await putAlarm('own-flights', 'flights');
    await putAlarm('own-trains', 'trains');
    await publish({ Dimensions: dimensionsOf('flights'), Value: 1 }, { Dimensions: dimensionsOf('trains'), Value: 0 });
    expect([await stateOf('own-flights'), await stateOf('own-trains')]).toEqual(['ALARM', 'OK']);
  });

  it('need M of their N datapoints, a datapoint being a period', async () => {
    await putAlarm('m-of-n', 'three', { EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' });
    const now = Date.now();
    const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000);
    const breach = { Dimensions: dimensionsOf('three'), Value: 1 };
    await publish({ ...breach, Timestamp: minutesAgo(0) }, { ...breach, Timestamp: minutesAgo(0) });
    expect(await stateOf('m-of-n')).toBe('OK');
    // It arrives late, for the minute before.
    await publish({ ...breach, Timestamp: minutesAgo(1) });
    expect(await describeAlarm('m-of-n')).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('2 out of the last 2 datapoints'),
    });
  });

  it('notice that nothing arrives any more, without anything arriving', async () => {
    const Dimensions = dimensionsOf('silent');
    await publish({ Dimensions, Value: 1, Timestamp: new Date(Date.now() - 25_000), StorageResolution: 1 });
    await putAlarm('silent', 'silent', {
      Period: 10,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(await stateOf('silent')).toBe('OK');
    await eventually(async () => expect(await stateOf('silent')).toBe('ALARM'), 50_000);
    expect((await describeAlarm('silent'))?.StateReason).toContain('treated as [Breaching]');
  }, 240_000);

  it('tell their topics once per change of state, and keep it in their history', async () => {
    const Dimensions = dimensionsOf('told');
    const topics = { AlarmActions: [output('OnCall'), output('Closed')], OKActions: [output('OnCall')] };
    await putAlarm('told', 'told', { ...topics, AlarmDescription: 'The runbook is at hand.' });
    await publish({ Dimensions, Value: 1 });
    await publish({ Dimensions, Value: 1 });
    const messages = await take(output('Messages'));
    // The topic that CloudWatch may not publish to got nothing.
    expect(messages).toEqual([
      expect.objectContaining({
        AlarmName: named('told'),
        AlarmDescription: 'The runbook is at hand.',
        OldStateValue: 'INSUFFICIENT_DATA',
        NewStateValue: 'ALARM',
        Trigger: expect.objectContaining({ Statistic: 'MAXIMUM', Dimensions: [{ name: 'Model', value: 'told' }] }),
      }),
    ]);
    const { AlarmHistoryItems = [] } = await cloudwatch().send(
      new DescribeAlarmHistoryCommand({ AlarmName: named('told'), HistoryItemType: 'StateUpdate' }),
    );
    expect(AlarmHistoryItems[0]?.HistorySummary).toBe('Alarm updated from INSUFFICIENT_DATA to ALARM');
  });

  it('tell the default event bus', async () => {
    await putAlarm('event', 'event');
    await publish({ Dimensions: dimensionsOf('event'), Value: 1 });
    const seen = async () => (await take(output('Events'))).map(({ detail }) => detail);
    await eventually(async () =>
      expect(await seen()).toContainEqual(
        expect.objectContaining({
          alarmName: named('event'),
          state: expect.objectContaining({ value: 'ALARM' }),
          previousState: { value: 'INSUFFICIENT_DATA' },
        }),
      ),
    );
  });
});

describe('metrics of the local CloudWatch', () => {
  const MetricName = 'ModelLatency';
  const Dimensions = [
    { Name: 'EndpointName', Value: 'latency' },
    { Name: 'VariantName', Value: 'main' },
  ];
  /** In the middle of a clock hour, so that an hour from here covers parts of two. */
  const start = new Date(Math.floor((Date.now() - 5_400_000) / 3_600_000) * 3_600_000 + 1_800_000);
  const minutesIn = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

  beforeAll(() =>
    publish(
      {
        MetricName,
        Dimensions,
        Timestamp: minutesIn(1),
        Values: [50_000, 90_000],
        Counts: [900, 90],
        Unit: 'Microseconds',
      },
      { MetricName, Dimensions, Timestamp: minutesIn(55), Values: [400_000], Counts: [10], Unit: 'Microseconds' },
      { MetricName, Dimensions: [], Timestamp: minutesIn(1), Value: 1 },
    ),
  );

  const query = async (Stat: string, more: object = {}) => {
    const { MetricDataResults = [] } = await cloudwatch().send(
      new GetMetricDataCommand({
        StartTime: start,
        EndTime: minutesIn(60),
        MetricDataQueries: [
          { Id: 'm', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 3600, Stat, ...more } },
        ],
      }),
    );
    return MetricDataResults[0];
  };

  it.each([
    ['SampleCount', 1000],
    ['p50', 50_000],
    ['p99', 90_000],
    ['PR(0:100000)', 99],
    ['PR(0:50000)', 90],
  ])('answer %s over one period from the start of the request: %d', async (statistic, value) => {
    expect((await query(statistic))?.Values).toEqual([expect.closeTo(value, -4)]);
  });

  it('answer percentile ranks exactly', async () => {
    expect((await query('PR(0:89999)'))?.Values).toEqual([90]);
    const { Datapoints = [] } = await cloudwatch().send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions,
        StartTime: start,
        EndTime: minutesIn(60),
        Period: 3600,
        ExtendedStatistics: ['p99', 'PR(0:90000)'],
      }),
    );
    expect(Datapoints.map((each) => each.ExtendedStatistics)).toEqual([{ p99: expect.any(Number), 'PR(0:90000)': 99 }]);
  });

  it('answer the newest datapoint first', async () => {
    const answer = await query('SampleCount', { Period: 300 });
    expect(answer?.Values).toEqual([10, 990]);
    expect(answer?.Timestamps).toEqual([minutesIn(55), start]);
  });

  it('answer without dimensions only what has none', async () => {
    const answer = await query('SampleCount', { Metric: { Namespace, MetricName } });
    expect(answer?.Values).toEqual([1]);
  });
});
