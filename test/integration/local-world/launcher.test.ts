import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { restartPart, worldVariable } from '../../harness/world.ts';
import { eventually } from './eventually.ts';
import { awsSettings, createStack, deleteStack, functionOf, roleOf } from './scratch-stack.ts';

/** Throws, waits, calls SageMaker or answers, as the event says. */
const source = `
let calls = 0;
exports.handler = async (event) => {
  calls += 1;
  if (event.throw) { const error = new Error('the report is missing'); error.name = event.throw; throw error; }
  if (event.sagemaker) {
    const { createHash, createHmac } = require('node:crypto');
    const [operation, body] = event.sagemaker;
    const path = operation === 'InvokeEndpoint' ? '/endpoints/' + body.EndpointName + '/invocations' : '/';
    const text = JSON.stringify(body);
    const endpoint = new URL(process.env.AWS_ENDPOINT_URL);
    const date = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, '');
    const scope = date.slice(0, 8) + '/eu-central-1/sagemaker/aws4_request';
    const headers = { host: endpoint.host, 'x-amz-date': date, 'x-amz-security-token': process.env.AWS_SESSION_TOKEN, 'x-amz-target': 'SageMaker.' + operation };
    if (operation === 'InvokeEndpoint') delete headers['x-amz-target'];
    const names = Object.keys(headers).sort();
    const hash = (value) => createHash('sha256').update(value).digest('hex');
    const canonical = ['POST', path, '', names.map((name) => name + ':' + headers[name] + '\\n').join(''), names.join(';'), hash(text)].join('\\n');
    let key = 'AWS4' + process.env.AWS_SECRET_ACCESS_KEY;
    for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
    const signature = createHmac('sha256', key).update(['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\\n')).digest('hex');
    const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/' + scope + ', SignedHeaders=' + names.join(';') + ', Signature=' + signature;
    const answer = await fetch(new URL(path, endpoint), { method: 'POST', body: text, headers: { ...headers, authorization, 'content-type': 'application/x-amz-json-1.1' } });
    return { status: answer.status, text: await answer.text() };
  }
  if (event.log) console.log(event.log);
  return { calls, pid: process.pid, event };
};
`;

const everyFunction = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' };
const machine = (definition: unknown) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: { 'Fn::GetAtt': ['WorkflowRole', 'Arn'] }, Definition: definition },
});
const invoke = (payload: unknown, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] }, Payload: payload },
  TimeoutSeconds: 20,
  ...more,
});

const template = {
  Resources: {
    FunctionRole: roleOf('lambda.amazonaws.com', [
      { Effect: 'Allow', Action: 'sagemaker:DescribeEndpoint', Resource: 'arn:aws:sagemaker:*:*:endpoint/granted-*' },
      { Effect: 'Allow', Action: 'sagemaker:InvokeEndpoint', Resource: 'arn:aws:sagemaker:*:*:endpoint/granted-*' },
      { Effect: 'Allow', Action: 'sagemaker:CreateModel', Resource: '*' },
    ]),
    WorkflowRole: roleOf('states.amazonaws.com', [everyFunction]),
    Function: functionOf('FunctionRole', source),
    Catching: machine({
      QueryLanguage: 'JSONata',
      StartAt: 'Judge',
      States: {
        Judge: invoke({ throw: 'ReportMissing' }, { Catch: [{ ErrorEquals: ['ReportMissing'], Next: 'RouteBack' }] }),
        RouteBack: { Type: 'Pass', Output: { routed: 'back' }, End: true },
      },
    }),
    HandingOver: machine({
      QueryLanguage: 'JSONata',
      StartAt: 'HandOver',
      States: {
        HandOver: invoke(
          { throw: 'ReportMissing', token: '{% $states.context.Task.Token %}' },
          {
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Catch: [{ ErrorEquals: ['ReportMissing'], Next: 'RouteBack' }],
          },
        ),
        RouteBack: { Type: 'Pass', Output: { routed: 'back' }, End: true },
      },
    }),
    Child: machine({
      QueryLanguage: 'JSONata',
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 2, Next: 'Fail' },
        Fail: { Type: 'Fail', Error: 'NotReady', Cause: 'the endpoint failed' },
      },
    }),
    Parent: machine({
      QueryLanguage: 'JSONata',
      StartAt: 'RollOut',
      States: {
        RollOut: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          Arguments: { StateMachineArn: { Ref: 'Child' }, Name: '{% $states.input.child %}', Input: {} },
          TimeoutSeconds: 30,
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Next: 'Show', Output: '{% $parse($states.errorOutput.Cause) %}' },
          ],
          End: true,
        },
        Show: { Type: 'Pass', End: true },
      },
    }),
    Waiting: machine({
      QueryLanguage: 'JSONata',
      StartAt: 'Remember',
      States: {
        Remember: { Type: 'Pass', Assign: { run: '{% $states.input.run %}' }, Next: 'AskSteward' },
        AskSteward: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
          Arguments: { QueueUrl: { Ref: 'Tokens' }, MessageBody: '{% $states.context.Task.Token %}' },
          TimeoutSeconds: 600,
          Next: 'Tell',
        },
        Tell: { Type: 'Pass', Output: { run: '{% $run %}', decision: '{% $states.input.decision %}' }, End: true },
      },
    }),
    Tokens: { Type: 'AWS::SQS::Queue' },
    ModelEvents: { Type: 'AWS::SQS::Queue' },
    ModelEventsPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'ModelEvents' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['ModelEvents', 'Arn'] },
            },
          ],
        },
      },
    },
    ModelRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.sagemaker'] },
        Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['ModelEvents', 'Arn'] } }],
      },
    },
  },
  Outputs: Object.fromEntries(
    ['Function', 'Catching', 'HandingOver', 'Parent', 'Waiting', 'Tokens', 'ModelEvents'].map((name) => [
      name,
      { Value: { Ref: name } },
    ]),
  ),
};

const Answer = z.object({ calls: z.number(), pid: z.number() });

describe('the local AWS, with its gaps closed', () => {
  const stack = `launcher-${randomUUID().slice(0, 8)}`;
  let outputs: Record<string, string> = {};
  const output = (name: string): string => outputs[name] ?? '';
  const workflows = () => new SFNClient(awsSettings());

  beforeAll(async () => {
    outputs = await createStack(stack, template);
  });
  afterAll(() => deleteStack(stack));

  const call = async (event: unknown): Promise<{ functionError: string | undefined; answer: unknown }> => {
    const client = new LambdaClient(awsSettings());
    const result = await client.send(
      new InvokeCommand({ FunctionName: output('Function'), Payload: Buffer.from(JSON.stringify(event)) }),
    );
    return {
      functionError: result.FunctionError,
      answer: JSON.parse(Buffer.from(result.Payload ?? []).toString('utf8')),
    };
  };
  const start = async (arn: string, input: unknown): Promise<string> => {
    const { executionArn = '' } = await workflows().send(
      new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) }),
    );
    return executionArn;
  };
  const finished = async (executionArn: string): Promise<{ status: string | undefined; output: unknown }> => {
    for (;;) {
      const { status, output: text } = await workflows().send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return { status, output: text === undefined ? undefined : JSON.parse(text) };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it("reports a thrown error by its name and keeps the function's process", async () => {
    const before = Answer.parse((await call({})).answer);
    const thrown = await call({ throw: 'ReportMissing' });
    expect(thrown.functionError).toBe('Unhandled');
    expect(thrown.answer).toMatchObject({ errorType: 'ReportMissing', errorMessage: 'the report is missing' });
    const after = Answer.parse((await call({})).answer);
    expect(after.pid).toBe(before.pid);
    expect(after.calls).toBe(before.calls + 2);
  });

  it('answers a warm call without waiting for logs that do not come', async () => {
    await call({});
    const milliseconds: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      const startedAt = performance.now();
      await call({});
      milliseconds.push(performance.now() - startedAt);
    }
    // A wait would lengthen every call; other work on the machine lengthens some.
    expect(Math.min(...milliseconds)).toBeLessThan(40);
  });

  it('lets a workflow catch an error by its name', async () => {
    expect(await finished(await start(output('Catching'), {}))).toEqual({
      status: 'SUCCEEDED',
      output: { routed: 'back' },
    });
  });

  it('fails the task of a function that fails before anybody has answered the token that it was handed', async () => {
    expect(await finished(await start(output('HandingOver'), {}))).toEqual({
      status: 'SUCCEEDED',
      output: { routed: 'back' },
    });
  });

  it("shows a failed child workflow to its parent as AWS does: States.TaskFailed with the child's description", async () => {
    const { output: seen } = await finished(await start(output('Parent'), { child: `child-${randomUUID()}` }));
    expect(seen).toMatchObject({ Status: 'FAILED', Error: 'NotReady', Cause: 'the endpoint failed' });
  });

  it('refuses a SageMaker call that the role of the function does not grant', async () => {
    const { answer } = await call({ sagemaker: ['DescribeEndpoint', { EndpointName: 'somebody-elses' }] });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('AccessDeniedException') });
    expect(answer).toMatchObject({
      text: expect.stringMatching(
        /not authorized to perform: sagemaker:DescribeEndpoint on resource: .*endpoint\/somebody-elses/,
      ),
    });
  });

  it('refuses to hand a role to SageMaker without iam:PassRole', async () => {
    const { answer } = await call({
      sagemaker: ['CreateModel', { ModelName: 'granted', ExecutionRoleArn: 'arn:aws:iam::000000000000:role/serving' }],
    });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('iam:PassRole') });
  });

  it('hands granted SageMaker calls, and invocations, on to the local SageMaker', async () => {
    const described = await call({ sagemaker: ['DescribeEndpoint', { EndpointName: 'granted-endpoint' }] });
    expect(described.answer).toMatchObject({ text: expect.stringContaining('Could not find endpoint') });
    const invoked = await call({ sagemaker: ['InvokeEndpoint', { EndpointName: 'granted-endpoint' }] });
    expect(invoked.answer).toMatchObject({ status: 400, text: expect.stringMatching(/not find|not found/i) });
  });

  it('takes events of aws.sagemaker', async () => {
    const client = new EventBridgeClient(awsSettings());
    const Entries = [{ Source: 'aws.sagemaker', DetailType: 'SageMaker Endpoint State Change', Detail: '{}' }];
    expect(await client.send(new PutEventsCommand({ Entries }))).toMatchObject({ FailedEntryCount: 0 });
  });

  it('keeps metrics that the JavaScript SDK sends', async () => {
    const client = new CloudWatchClient(awsSettings());
    const Namespace = `Test/${randomUUID()}`;
    const now = new Date();
    await client.send(
      new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'Runs', Value: 3, Timestamp: now }] }),
    );
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: 'Runs',
        StartTime: new Date(now.getTime() - 120_000),
        EndTime: new Date(now.getTime() + 120_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    );
    expect(Datapoints.map(({ Sum }) => Sum)).toEqual([3]);
  });

  describe('after a restart', () => {
    const takeToken = async (): Promise<string> => {
      const client = new SQSClient(awsSettings());
      const QueueUrl = output('Tokens');
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
      const [message] = Messages;
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
      return message?.Body ?? '';
    };
    /** The execution waits with its token, and its message has gone, in what a crash leaves behind. */
    const expectSaved = async (taskToken: string): Promise<void> => {
      const folder = stateFolderAt(worldVariable('MLOPS_TEST_WORLD')).partState('aws');
      expect(await readFile(join(folder, 'stepfunctions.json'), 'utf8')).toContain(taskToken);
      expect(await readFile(join(folder, 'sqs.json'), 'utf8')).not.toContain(taskToken);
    };

    it.each([
      'SIGTERM',
      'SIGKILL',
    ] as const)('by %s, an execution that waits for a token goes on with the same token', async (signal) => {
      const executionArn = await start(output('Waiting'), { run: signal });
      const taskToken = await takeToken();
      // State is saved every few seconds; an asked-for stop saves it at once.
      if (signal === 'SIGKILL') await eventually(() => expectSaved(taskToken), 20_000);
      await restartPart('aws', signal);
      await workflows().send(
        new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ decision: 'approved' }) }),
      );
      expect(await finished(executionArn)).toEqual({
        status: 'SUCCEEDED',
        output: { run: signal, decision: 'approved' },
      });
    });

    it('a parent finds the child workflow that it had started', async () => {
      const executionArn = await start(output('Parent'), { child: `child-${randomUUID()}` });
      await new Promise((resolve) => setTimeout(resolve, 500));
      await restartPart('aws');
      expect((await finished(executionArn)).output).toMatchObject({ Status: 'FAILED', Error: 'NotReady' });
    });
  });
});
