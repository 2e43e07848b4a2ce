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

export type Floor = { coldMs: number; warmMs: number };
type Clients = { lambda: LambdaClient; workflows: SFNClient };

export type Steps = { executions: number; transitions: number };

/**
 * What a local AWS alone takes for the same work: an execution that enters as many states, invokes as many functions as often and
 * starts as many other executions, which do nothing, as do the functions; one after the other. Once with every function cold,
 * then again. `endpoint`: that local AWS; the world's own without it.
 */
export async function measureFloor(
  invoked: readonly number[],
  steps: Steps,
  folder: string,
  endpoint?: string,
): Promise<Floor> {
  const place = endpoint === undefined ? {} : { endpoint };
  const clients = { lambda: new LambdaClient(place), workflows: new SFNClient(place) };
  const { lambda, workflows } = clients;
  const ZipFile = zipOf(folder);
  for (const [index] of invoked.entries()) {
    await lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName: `${NAME}-${index}`, Role: ROLE, Runtime: 'nodejs24.x', Handler: 'index.handler' },
        ...{ Code: { ZipFile }, MemorySize: 256, Timeout: 30 },
      }),
    );
  }
  const child = await createMachine(clients, `${NAME}-child`, chained([{ Type: 'Pass' }]));
  const parent = await createMachine(clients, NAME, chained(statesOf(invoked, steps, child)));
  try {
    return { coldMs: await timeExecution(clients, parent), warmMs: await timeExecution(clients, parent) };
  } finally {
    for (const stateMachineArn of [parent, child])
      await workflows.send(new DeleteStateMachineCommand({ stateMachineArn }));
    for (const [index] of invoked.entries())
      await lambda.send(new DeleteFunctionCommand({ FunctionName: `${NAME}-${index}` }));
  }
}

async function createMachine({ workflows }: Clients, name: string, definition: object): Promise<string> {
  const machine = { name, roleArn: ROLE, type: 'STANDARD' as const, definition: JSON.stringify(definition) };
  return (await workflows.send(new CreateStateMachineCommand(machine))).stateMachineArn ?? '';
}

/** Of the executions one is the parent; each of the others is started by a state, and enters one. */
function statesOf(invoked: readonly number[], { executions, transitions }: Steps, child: string): object[] {
  const tasks = invoked.flatMap((count, index) => Array.from({ length: count }, () => index));
  const calls = tasks.map((index) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `arn:aws:lambda:${region}:${accountId}:function:${NAME}-${index}`, Payload: {} },
    Output: '{% {} %}',
  }));
  const children = Array.from({ length: executions - 1 }, () => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: { StateMachineArn: child, Input: {} },
    Output: '{% {} %}',
  }));
  const left = Math.max(0, transitions - calls.length - 2 * children.length);
  return [...calls, ...children, ...Array.from({ length: left }, () => ({ Type: 'Pass' }))];
}

function chained(states: object[]): object {
  const named = states.map((state, index) => [
    `S${index}`,
    { ...state, ...(index === states.length - 1 ? { End: true } : { Next: `S${index + 1}` }) },
  ]);
  return { QueryLanguage: 'JSONata', StartAt: 'S0', States: Object.fromEntries(named) };
}

async function timeExecution({ workflows }: Clients, stateMachineArn: string): Promise<number> {
  const startedAtMs = Date.now();
  const { executionArn } = await workflows.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  for (;;) {
    const { status, stopDate, error, cause } = await workflows.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'SUCCEEDED') return (stopDate?.getTime() ?? 0) - startedAtMs;
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
    Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction', 'states:*', 'logs:*'], Resource: '*' }],
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
