import { randomUUID } from 'node:crypto';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { awsSettings, createStack, deleteStack, roleOf } from './scratch-stack.ts';

/** Each item is a child of its own; one whose number is in `fail` fails. */
const map = (more: object) => ({
  Type: 'Map',
  Items: '{% $states.input.batches %}',
  ItemSelector: {
    batch: '{% $states.context.Map.Item.Value %}',
    index: '{% $states.context.Map.Item.Index %}',
    model: '{% $states.input.model %}',
    fail: '{% $states.input.fail %}',
  },
  MaxConcurrency: 2,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Unreadable?',
    States: {
      'Unreadable?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.batch in $states.input.fail %}', Next: 'Fail' }],
        Default: 'Read',
      },
      Read: {
        Type: 'Pass',
        Output: { state: '{% $states.input.model & "/" & $string($states.input.batch) %}' },
        End: true,
      },
      Fail: { Type: 'Fail', Error: 'Unreadable' },
    },
  },
  ...more,
});

const machine = (more: object) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'ReadBatches',
      States: {
        ReadBatches: map(more),
        Tell: { Type: 'Pass', Output: { states: '{% $states.input.states %}', count: '{% $count %}' }, End: true },
      },
    },
  },
});

const template = {
  Resources: {
    Role: roleOf('states.amazonaws.com', [{ Effect: 'Allow', Action: 'states:StartExecution', Resource: '*' }]),
    Strict: machine({
      Output: { states: '{% [$states.result.state] %}' },
      Assign: { count: '{% $count($states.result) %}' },
      Next: 'Tell',
    }),
    Tolerant: machine({
      ToleratedFailurePercentage: '{% 50 %}',
      Output: '{% $states.result[$ != null].state %}',
      End: true,
    }),
  },
  Outputs: { Strict: { Value: { Ref: 'Strict' } }, Tolerant: { Value: { Ref: 'Tolerant' } } },
};

describe('a Distributed Map of a JSONata workflow', () => {
  const stack = `map-${randomUUID().slice(0, 8)}`;
  let outputs: Record<string, string> = {};
  beforeAll(async () => {
    outputs = await createStack(stack, template);
  });
  afterAll(() => deleteStack(stack));

  const run = async (name: string, batches: number[], fail: number[] = []) => {
    const client = new SFNClient(awsSettings());
    const input = JSON.stringify({ model: 'flights', batches, fail });
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: outputs[name], input }));
    let ended: { status?: string | undefined; output?: string | undefined; error?: string | undefined } = {};
    await eventually(async () => {
      ended = await client.send(new DescribeExecutionCommand({ executionArn }));
      expect(ended.status).not.toBe('RUNNING');
    });
    return { status: ended.status, error: ended.error, output: ended.output && JSON.parse(ended.output) };
  };

  it('runs its items in order of their results, with what its selector gives them', async () => {
    expect(await run('Strict', [7, 8, 9])).toMatchObject({
      status: 'SUCCEEDED',
      output: { states: ['flights/7', 'flights/8', 'flights/9'], count: 3 },
    });
  });

  it('of no item ends well', async () => {
    expect(await run('Strict', [])).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('fails with the first item that fails', async () => {
    expect(await run('Strict', [7, 8], [8])).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    });
  });

  it('goes on with the others as long as few enough fail', async () => {
    expect(await run('Tolerant', [7, 8, 9], [8])).toMatchObject({
      status: 'SUCCEEDED',
      output: ['flights/7', 'flights/9'],
    });
    expect(await run('Tolerant', [7, 8], [7, 8])).toMatchObject({ status: 'FAILED' });
  });
});
