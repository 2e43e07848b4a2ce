import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { accountId, region } from '../../../local/world/environment.ts';

const NAME = 'bench-floor';
const ROLE = `arn:aws:iam::${accountId}:role/${NAME}`;
const lambda = new LambdaClient({});
const workflows = new SFNClient({});

export type Floor = { coldMs: number; warmMs: number };

/**
 * What the local AWS alone takes for the same work: a state machine with as many states, which invokes as many functions as
 * often, one after the other; the functions do nothing. Once with every function cold, then again.
 */
export async function measureFloor(invoked: readonly number[], transitions: number, folder: string): Promise<Floor> {
  const ZipFile = zipOf(folder);
  for (const [index] of invoked.entries()) {
    await lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName: `${NAME}-${index}`, Role: ROLE, Runtime: 'nodejs24.x', Handler: 'index.handler' },
        ...{ Code: { ZipFile }, MemorySize: 256, Timeout: 30 },
      }),
    );
  }
  const definition = JSON.stringify(chainOf(invoked, transitions));
  const { stateMachineArn } = await workflows.send(
    new CreateStateMachineCommand({ name: NAME, roleArn: ROLE, type: 'STANDARD', definition }),
  );
  try {
    return { coldMs: await timeExecution(stateMachineArn), warmMs: await timeExecution(stateMachineArn) };
  } finally {
    await workflows.send(new DeleteStateMachineCommand({ stateMachineArn }));
    for (const [index] of invoked.entries())
      await lambda.send(new DeleteFunctionCommand({ FunctionName: `${NAME}-${index}` }));
  }
}

function chainOf(invoked: readonly number[], transitions: number) {
  const tasks = invoked.flatMap((count, index) => Array.from({ length: count }, () => index));
  const states: Record<string, unknown>[] = tasks.map((index) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `arn:aws:lambda:${region}:${accountId}:function:${NAME}-${index}`, Payload: {} },
    Output: '{% {} %}',
  }));
  for (let left = transitions - states.length; left > 0; left -= 1) states.push({ Type: 'Pass' });
  const named = states.map((state, index) => [
    `S${index}`,
    { ...state, ...(index === states.length - 1 ? { End: true } : { Next: `S${index + 1}` }) },
  ]);
  return { QueryLanguage: 'JSONata', StartAt: 'S0', States: Object.fromEntries(named) };
}

async function timeExecution(stateMachineArn: string | undefined): Promise<number> {
  const { executionArn } = await workflows.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  for (;;) {
    const { status, startDate, stopDate, error, cause } = await workflows.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    if (status === 'SUCCEEDED') return (stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0);
    if (status !== 'RUNNING') throw new Error(`The bare state machine ended as ${status}: ${error} ${cause}`);
    await sleep(200);
  }
}

export async function createFloorRole(): Promise<void> {
  const iam = new IAMClient({});
  const Principal = { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] };
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] };
  const rights = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction', 'logs:*'], Resource: '*' }],
  };
  await iam.send(new CreateRoleCommand({ RoleName: NAME, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: NAME, PolicyName: NAME, PolicyDocument: JSON.stringify(rights) }),
  );
}

function zipOf(folder: string): Buffer {
  const source = join(folder, 'index.js');
  const zip = join(folder, 'bare.zip');
  writeFileSync(source, 'exports.handler = async () => ({});\n');
  execFileSync('python3', ['-m', 'zipfile', '-c', zip, source]);
  return readFileSync(zip);
}
