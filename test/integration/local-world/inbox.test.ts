import { randomUUID } from 'node:crypto';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { whenConfirmed } from '../../../local/world/subscribe-inbox.ts';
import { restartPart, worldVariable } from '../../harness/world.ts';
import { awsSettings } from './scratch-stack.ts';

const Mails = z.array(z.object({ subject: z.string(), text: z.string(), to: z.string(), links: z.array(z.string()) }));

describe('the inbox of the world', () => {
  const name = `inbox-test-${randomUUID().slice(0, 8)}`;
  let topic = '';
  const sns = () => new SNSClient(awsSettings());
  const mails = async (): Promise<z.infer<typeof Mails>> =>
    Mails.parse(await (await fetch(`${worldVariable('MLOPS_INBOX_URL')}/api/mails?topic=${name}`)).json());
  const publish = async (Subject: string): Promise<void> => {
    await sns().send(new PublishCommand({ TopicArn: topic, Subject, Message: 'See http://127.0.0.1:8080/runs/r-1' }));
  };
  const received = async (count: number): Promise<z.infer<typeof Mails>> => {
    for (;;) {
      const list = await mails();
      if (list.length >= count) return list;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  beforeAll(async () => {
    topic = (await sns().send(new CreateTopicCommand({ Name: name }))).TopicArn ?? '';
    const Endpoint = `${worldVariable('MLOPS_INBOX_URL')}/sns?to=ml-stewards`;
    await sns().send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint }));
    await whenConfirmed(sns(), topic, Endpoint);
  });
  afterAll(async () => {
    await sns().send(new DeleteTopicCommand({ TopicArn: topic }));
  });

  it('gets what is published on a topic, after it has confirmed its subscription by itself', async () => {
    await publish('A review waits');
    expect(await received(1)).toMatchObject([
      { subject: 'A review waits', to: 'ml-stewards', links: ['http://127.0.0.1:8080/runs/r-1'] },
    ]);
  });

  it('gets the mail of an alarm, in words', async () => {
    const alarm = { AlarmName: `${name}-drift`, Namespace: `Test/${name}`, MetricName: 'DriftBreach' };
    const client = new CloudWatchClient(awsSettings());
    await client.send(
      new PutMetricAlarmCommand({
        ...alarm,
        AlarmDescription: 'What to do: http://127.0.0.1:8080/runbooks/drift',
        AlarmActions: [topic],
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      }),
    );
    const { Namespace, MetricName } = alarm;
    await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Value: 1 }] }));
    const [mail] = await received(2);
    await client.send(new DeleteAlarmsCommand({ AlarmNames: [alarm.AlarmName] }));
    expect(mail).toMatchObject({
      subject: `ALARM: "${name}-drift" in eu-central-1`,
      text: expect.stringContaining(`Alarm "${name}-drift" in the eu-central-1 region has entered the ALARM state`),
      links: ['http://127.0.0.1:8080/runbooks/drift'],
    });
  });

  it('has its mails after a crash', async () => {
    await restartPart('inbox', 'SIGKILL');
    expect((await mails()).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^ALARM/), 'A review waits']);
  });

  it('still gets mails after the local AWS was restarted', async () => {
    await restartPart('aws');
    await publish('Another review waits');
    expect((await received(3))[0]).toMatchObject({ subject: 'Another review waits' });
  });
});
