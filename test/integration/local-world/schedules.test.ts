import { randomUUID } from 'node:crypto';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restartPart } from '../../harness/world.ts';
import { askGaps } from './ask-gaps.ts';
import { eventually } from './eventually.ts';
import { awsSettings, createStack, deleteStack, roleOf } from './scratch-stack.ts';

const template = {
  Resources: {
    Role: roleOf('scheduler.amazonaws.com', [{ Effect: 'Allow', Action: 'states:StartExecution', Resource: '*' }]),
    Watch: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Definition: { QueryLanguage: 'JSONata', StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
      },
    },
    Reminders: { Type: 'AWS::SQS::Queue' },
    DeadLetters: { Type: 'AWS::SQS::Queue' },
  },
  Outputs: {
    Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    Watch: { Value: { Ref: 'Watch' } },
    ...Object.fromEntries(
      ['Reminders', 'DeadLetters'].flatMap((name) => [
        [name, { Value: { Ref: name } }],
        [`${name}Arn`, { Value: { 'Fn::GetAtt': [name, 'Arn'] } }],
      ]),
    ),
  },
};

describe('schedules of the local AWS', () => {
  const stack = `schedules-${randomUUID().slice(0, 8)}`;
  const made: string[] = [];
  let outputs: Record<string, string> = {};
  const output = (name: string): string => outputs[name] ?? '';
  const scheduler = () => new SchedulerClient(awsSettings());
  const create = async (
    Name: string,
    ScheduleExpression: string,
    Target: Omit<NonNullable<CreateScheduleCommandInput['Target']>, 'RoleArn'>,
    more: Partial<CreateScheduleCommandInput> = {},
  ): Promise<string> => {
    const name = `${stack}-${Name}`;
    await scheduler().send(
      new CreateScheduleCommand({
        Name: name,
        ScheduleExpression,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { RoleArn: output('Role'), ...Target },
        ...more,
      }),
    );
    made.push(name);
    return name;
  };
  const receive = async (queue: string, WaitTimeSeconds: number) => {
    const { Messages = [] } = await new SQSClient(awsSettings()).send(
      new ReceiveMessageCommand({ QueueUrl: output(queue), WaitTimeSeconds, MessageAttributeNames: ['All'] }),
    );
    return Messages[0];
  };
  /** Takes the next message away. */
  const take = async (queue: string) => {
    const message = await receive(queue, 20);
    const ReceiptHandle = message?.ReceiptHandle;
    await new SQSClient(awsSettings()).send(new DeleteMessageCommand({ QueueUrl: output(queue), ReceiptHandle }));
    return message;
  };

  beforeAll(async () => {
    outputs = await createStack(stack, template);
  });
  afterAll(async () => {
    await Promise.allSettled(made.map((Name) => scheduler().send(new DeleteScheduleCommand({ Name }))));
    await deleteStack(stack);
  });

  it('start a workflow at once and then at their rate, with the time that they were scheduled for', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const Input = JSON.stringify({ model: 'flights', scheduledAt: '<aws.scheduler.scheduled-time>' });
    await create('rate', 'rate(1 hour)', { Arn: output('Watch'), Input });
    const client = new SFNClient(awsSettings());
    const inputs = async (): Promise<{ model: string; scheduledAt: string }[]> => {
      const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn: output('Watch') }));
      const all = executions.map(({ executionArn }) => client.send(new DescribeExecutionCommand({ executionArn })));
      return (await Promise.all(all)).map(({ input }) => JSON.parse(input ?? '{}'));
    };
    await eventually(async () => expect(await inputs()).toHaveLength(1));
    const [input] = await inputs();
    expect(input?.scheduledAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(input?.scheduledAt ?? '')).toBeGreaterThanOrEqual(before);
    // Ticks come every second: none fires it again.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await inputs()).toHaveLength(1);
  });

  it('that have fired do not fire again because the local AWS was restarted', async () => {
    const target = { Arn: output('RemindersArn'), Input: '{"restarted":true}' };
    await create('restarted', 'rate(1 hour)', target);
    expect((await take('Reminders'))?.Body).toBe('{"restarted":true}');
    await restartPart('aws');
    expect(await receive('Reminders', 3)).toBeUndefined();
  });

  it('of one time go when they are done', async () => {
    const soon = new Date(Date.now() + 1000).toISOString().slice(0, 19);
    const target = { Arn: output('RemindersArn'), Input: '{"remind":true}' };
    const Name = await create('once', `at(${soon})`, target, { ActionAfterCompletion: 'DELETE' });
    expect((await take('Reminders'))?.Body).toBe('{"remind":true}');
    await eventually(() =>
      expect(scheduler().send(new GetScheduleCommand({ Name }))).rejects.toThrow(/does not exist/),
    );
  });

  it('put what their target refuses into their dead-letter queue, with the reason', async () => {
    const Arn = `${output('Watch')}-that-is-gone`;
    const DeadLetterConfig = { Arn: output('DeadLettersArn') };
    await create('refused', 'rate(1 day)', { Arn, Input: '{"model":"flights"}', DeadLetterConfig });
    expect(await take('DeadLetters')).toMatchObject({
      Body: '{"model":"flights"}',
      MessageAttributes: {
        ERROR_CODE: { StringValue: 'StateMachineDoesNotExist' },
        TARGET_ARN: { StringValue: Arn },
        RETRY_ATTEMPTS: { StringValue: '0' },
      },
    });
  });

  it.each(['cron(0 9 * * *)', 'rate(1 fortnight)', 'every hour'])('refuse %s', async (expression) => {
    await expect(create('invalid', expression, { Arn: output('Watch') })).rejects.toThrow(
      /Invalid Schedule Expression/,
    );
  });
});

describe('the time at which a schedule is due', () => {
  const at = (iso: string): number => Date.parse(iso) / 1000;
  const created = '2026-03-28T06:30:10Z';
  const due = (expression: string, now: string, after?: string, zone = 'UTC'): string | undefined => {
    const schedule = {
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: zone,
      CreationDate: at(created),
    };
    const [time] = askGaps([{ ask: 'due', schedule, now: at(now), ...(after && { after: at(after) }) }]);
    return typeof time === 'number' ? new Date(time * 1000).toISOString().replace('.000Z', 'Z') : undefined;
  };

  it('counts a rate from its creation, and skips what was missed but for the last', () => {
    expect(due('rate(1 hour)', created)).toBe(created);
    expect(due('rate(1 hour)', '2026-03-28T07:30:09Z', created)).toBeUndefined();
    expect(due('rate(1 hour)', '2026-03-28T11:00:00Z', created)).toBe('2026-03-28T10:30:10Z');
  });

  it('follows the clock of its time zone into summer', () => {
    const nineInBerlin = (now: string, after?: string) => due('cron(0 9 * * ? *)', now, after, 'Europe/Berlin');
    expect(nineInBerlin('2026-03-28T12:00:00Z')).toBe('2026-03-28T08:00:00Z');
    expect(nineInBerlin('2026-03-29T06:59:00Z', '2026-03-28T08:00:00Z')).toBeUndefined();
    expect(nineInBerlin('2026-03-29T07:00:00Z', '2026-03-28T08:00:00Z')).toBe('2026-03-29T07:00:00Z');
  });
});
