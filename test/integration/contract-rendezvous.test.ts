import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kmsTokenSeals } from '../../shared/adapters/aws/seal-token.ts';
import { dynamodbRendezvous } from '../../shared/adapters/dynamodb/rendezvous.ts';
import { stepFunctionsTaskTokens } from '../../shared/adapters/step-functions/task-tokens.ts';
import { makeKey, makeQueue, makeTable, makeWorkflowRole } from '../contract/own-resources.ts';
import { anyId } from '../contract/suites/any-names.ts';
import { rendezvousContract } from '../contract/suites/rendezvous.ts';
import { NOON } from '../fakes/sample-records.ts';
import { fakeTaskTokens } from '../fakes/task-tokens.ts';

let table: string;
let remove: () => Promise<void>;
let keyArn: string;

beforeAll(async () => {
  ({ table, remove } = await makeTable());
  keyArn = await makeKey();
});

afterAll(async () => {
  await remove();
});

describe('dynamodbRendezvous', () => {
  rendezvousContract(async () => {
    const tokens = fakeTaskTokens();
    return { rendezvous: dynamodbRendezvous({ table, tokens, seals: kmsTokenSeals({ keyArn }) }), tokens };
  });
});

describe('kmsTokenSeals', () => {
  it('unseals a token for its own subject only', async () => {
    const seals = kmsTokenSeals({ keyArn });
    const sealed = await seals.seal('review/one', 'token');
    expect(sealed).not.toContain('token');
    expect(await seals.unseal('review/one', sealed)).toBe('token');
    await expect(seals.unseal('review/other', sealed)).rejects.toThrow();
  });
});

describe('a workflow that waits', () => {
  const states = new SFNClient({});
  let queue: Awaited<ReturnType<typeof makeQueue>>;
  let role: Awaited<ReturnType<typeof makeWorkflowRole>>;
  let stateMachineArn: string;

  beforeAll(async () => {
    queue = await makeQueue();
    role = await makeWorkflowRole([{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue.queueArn }]);
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'Wait',
      States: {
        Wait: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
          Arguments: { QueueUrl: queue.queueUrl, MessageBody: '{% $states.context.Task.Token %}' },
          TimeoutSeconds: 60,
          End: true,
        },
      },
    };
    const created = await states.send(
      new CreateStateMachineCommand({
        name: `contract-${anyId()}`,
        roleArn: role.roleArn,
        definition: JSON.stringify(definition),
      }),
    );
    stateMachineArn = created.stateMachineArn ?? '';
  });

  afterAll(async () => {
    await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await role.remove();
    await queue.remove();
  });

  async function startAndTakeToken() {
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
    return { executionArn, token: (await queue.receive()) ?? '' };
  }

  async function endOf(executionArn: string | undefined) {
    for (let tries = 0; tries < 400; tries += 1) {
      const { status, output, error, cause } = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return { status, output, error, cause };
      await pause(50);
    }
    return { status: 'RUNNING' };
  }

  const rendezvous = () =>
    dynamodbRendezvous({ table, tokens: stepFunctionsTaskTokens(), seals: kmsTokenSeals({ keyArn }) });

  it('goes on with the output of the signal', async () => {
    const { executionArn, token } = await startAndTakeToken();
    const subject = `review/${anyId()}`;
    expect(await rendezvous().wait(subject, token, NOON)).toBe('waiting');
    expect(await rendezvous().signal(subject, { output: { outcome: 'approved', reasons: [] } }, NOON)).toBe('answered');
    const { status, output } = await endOf(executionArn);
    expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', { outcome: 'approved', reasons: [] }]);
  });

  it('fails with the name of the fault', async () => {
    const { executionArn, token } = await startAndTakeToken();
    const subject = `review/${anyId()}`;
    await rendezvous().signal(subject, { fault: { name: 'CapacityRefused', message: 'No capacity.' } }, NOON);
    expect(await rendezvous().wait(subject, token, NOON)).toBe('answered');
    expect(await endOf(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'CapacityRefused',
      cause: 'No capacity.',
    });
  });

  it('takes no second answer, and says that the task is gone', async () => {
    const { executionArn, token } = await startAndTakeToken();
    const tokens = stepFunctionsTaskTokens();
    expect(await tokens.succeed(token, { first: true })).toBe('answered');
    expect(await tokens.fail(token, 'TooLate', 'second')).toBe('gone');
    expect(await tokens.succeed(token, { first: false })).toBe('gone');
    const { status, output } = await endOf(executionArn);
    expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', { first: true }]);
  });
});
