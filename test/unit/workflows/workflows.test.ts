import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';
import { secondsOf } from '../../../shared/domain/durations.ts';
import { executionNameOf, rolloutNameOf } from '../../../shared/domain/names.ts';
import { bounded, Reasons } from '../../../shared/domain/run-end.ts';
import { readWorkflow, type State } from './workflow-files.ts';

const lifecycle = readWorkflow('model-lifecycle');
const rollout = readWorkflow('endpoint-rollout');
const all: [string, State][] = [...Object.entries(lifecycle.States), ...Object.entries(rollout.States)];
const tasks = all.filter(([, { Type }]) => Type === 'Task');
const lambdas = tasks.filter(([, { Resource }]) => Resource?.includes('lambda:invoke'));

/** Evaluates an expression of the workflow as Step Functions does. */
async function evaluate(
  expression: unknown,
  states: unknown,
  variables: Record<string, unknown> = {},
): Promise<unknown> {
  if (typeof expression !== 'string') return expression;
  const code = /^\{%([\s\S]*)%\}$/.exec(expression)?.[1];
  if (code === undefined) return expression;
  const result: unknown = await jsonata(code).evaluate(undefined, { states, ...variables });
  return JSON.parse(JSON.stringify(result ?? null));
}

function stateOf(machine: typeof lifecycle, name: string): State {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`There is no state ${name}.`);
  return state;
}

describe('the workflows', () => {
  it.each(lambdas)('%s is served by the function of its own name', (name, { Arguments }) => {
    expect(Arguments?.FunctionName).toBe(`\${${name}Arn}`);
    const file = name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
    const contexts = ['training', 'evaluation', 'registry', 'approval', 'deployment', 'monitoring', 'operations'];
    expect(contexts.filter((context) => existsSync(`functions/${context}/${file}.ts`))).toHaveLength(1);
  });

  it.each(lambdas)('%s hands its token over exactly where it waits for one', (_name, { Resource, Arguments }) => {
    const waits = Resource?.endsWith('.waitForTaskToken') ?? false;
    expect(Object.values(Arguments?.Payload ?? {}).includes('{% $states.context.Task.Token %}')).toBe(waits);
  });

  it.each(
    lambdas.filter(([name]) => name !== 'ArrangeMonitoring'),
  )('%s tells which run and which attempt it works for', (_name, { Arguments }) => {
    expect(Arguments?.Payload).toMatchObject({ runId: '{% $runId %}', attempt: '{% $attempt %}' });
  });

  it('watches what is live before it lets go of the lease, and parks a run whose version nobody would watch', () => {
    expect(stateOf(rollout, 'RecordDeployment').Next).toBe('ArrangeMonitoring');
    const { Arguments, Catch, Next } = stateOf(rollout, 'ArrangeMonitoring');
    expect(Arguments?.Payload).toEqual({ model: '{% $model %}', environment: '{% $environment %}' });
    expect([Next, Catch?.at(-1)?.Next]).toEqual(['ReleaseLease', 'ReleaseLease']);
  });

  it('catches every fault of every step of the lifecycle and parks the run; parking itself is left to the sweeper', () => {
    const caught = Object.entries(lifecycle.States).filter(([name, { Type }]) => Type === 'Task' && name !== 'ParkRun');
    for (const [name, state] of caught) {
      expect([name, state.Catch?.at(-1)]).toMatchObject([name, { ErrorEquals: ['States.ALL'], Next: 'ParkRun' }]);
    }
    expect(stateOf(lifecycle, 'ParkRun').Catch).toBeUndefined();
  });

  it('lets go of the lease however a roll-out ends', () => {
    const ends = Object.entries(rollout.States).filter(([, state]) => state.End === true || state.Type === 'Succeed');
    expect(ends.map(([name]) => name).sort()).toEqual(['LeaveTheLease', 'ReleaseLease']);
  });

  it('restores the endpoint whenever something fails after it may have been touched', () => {
    for (const name of ['RollOutEndpoint', 'SmokeTestEndpoint', 'RecordDeployment']) {
      expect(stateOf(rollout, name).Catch?.[0]?.Next).toBe('RestoreEndpoint');
    }
    for (const name of ['IsItInService', 'DoesItAnswerRightly']) {
      expect(stateOf(rollout, name).Default).toBe('RestoreEndpoint');
    }
  });

  it('neither moves nor tests an environment again that an earlier attempt of the run brought live', () => {
    const found = stateOf(rollout, 'IsTheReleaseVerified').Choices?.find(({ Condition }) =>
      Condition.includes("'live'"),
    );
    expect(found?.Next).toBe('RecordDeployment');
  });

  it('waits for an approval longer than any policy lets it take', () => {
    expect(stateOf(lifecycle, 'RequestApproval').TimeoutSeconds).toBeGreaterThan(secondsOf('P14D') ?? Number.NaN);
  });

  it('waits for a roll-out longer than its own steps may take', () => {
    const sum = tasks
      .filter(([name]) => name in rollout.States)
      .reduce((seconds, [, { TimeoutSeconds = 0 }]) => seconds + TimeoutSeconds, 0);
    expect(stateOf(lifecycle, 'RollOutEnvironment').TimeoutSeconds).toBeGreaterThan(sum);
  });

  it('gives every step of a workflow more time than its function has', () => {
    for (const [name, { TimeoutSeconds = 0 }] of lambdas) {
      const key = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
      const context = ['training', 'evaluation', 'registry', 'approval', 'deployment', 'monitoring', 'operations'];
      const text = context.map((folder) => readFileSync(`functions/${folder}/functions.yml`, 'utf8')).join('\n');
      const own = new RegExp(`^${key}:[\\s\\S]*?(?=^\\w|(?![\\s\\S]))`, 'm').exec(text)?.[0] ?? '';
      const functionSeconds = Number(/^ {2}timeout: (\d+)/m.exec(own)?.[1] ?? 20);
      expect([name, TimeoutSeconds > functionSeconds]).toEqual([name, true]);
    }
  });

  it('names the execution of an environment as the product does', async () => {
    const { Arguments } = stateOf(lifecycle, 'RollOutEnvironment');
    const runId = 'a'.repeat(20);
    const states = { context: { Execution: { Name: executionNameOf(runId, 2) } } };
    const variables = { environments: ['dev', 'qa'], environmentIndex: 1 };
    expect(await evaluate(Arguments?.Name, states, variables)).toBe(rolloutNameOf(runId, 2, 'qa'));
  });

  it.each([[[]], [['one']], [['one', 'two']]])('carries the reasons %j on as a list', async (reasons) => {
    const Output = { outcome: 'failed', reasons };
    const end = await evaluate(
      stateOf(lifecycle, 'RollOutEnvironment').Assign?.end,
      { result: { Output } },
      { environments: ['qa'], environmentIndex: 0 },
    );
    expect(end).toEqual({ outcome: 'failed', reasons, environment: 'qa' });
    expect(
      await evaluate(stateOf(rollout, 'ReleaseLease').Output, {}, { end: { outcome: 'failed', reasons } }),
    ).toEqual({ outcome: 'failed', reasons });
  });

  it('tells a restoration that failed as a fault, and one that worked as what it was', async () => {
    const { Assign } = stateOf(rollout, 'RestoreEndpoint');
    const end = { outcome: 'failed', reasons: ['slow'] };
    const afterwards = (outcome: string, reasons: string[]) =>
      evaluate(Assign?.end, { result: { outcome, reasons } }, { end });
    expect(await afterwards('restored', [])).toEqual(end);
    expect(await afterwards('failed', ['gone'])).toEqual({ outcome: 'faulted', reasons: ['slow', 'gone'] });
  });

  it('keeps what a step may return far below what a state may hold', () => {
    const longest = bounded(Array.from({ length: 50 }, () => '€'.repeat(5000)));
    expect(Reasons.safeParse(longest).success).toBe(true);
    expect(Buffer.byteLength(JSON.stringify({ outcome: 'inconclusive', reasons: longest }))).toBeLessThan(200 * 1024);
  });
});
