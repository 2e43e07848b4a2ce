import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';
import { readWorkflow, type State } from './workflow-files.ts';

const rollback = readWorkflow('endpoint-rollback');
const rollout = readWorkflow('endpoint-rollout');
const states = Object.entries(rollback.States);
const lambdas = states.filter(([, { Resource }]) => Resource?.includes('lambda:invoke'));

function stateOf(machine: typeof rollback, name: string): State {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`There is no state ${name}.`);
  return state;
}

function choiceOf(machine: typeof rollback, name: string, outcome: string): string | undefined {
  const state = stateOf(machine, name);
  return state.Choices?.find(({ Condition }) => Condition.includes(`'${outcome}'`))?.Next ?? state.Default;
}

describe('the workflow of a rollback', () => {
  it.each(
    lambdas,
  )('%s is served by the function of its own name, and hands its token over where it waits', (name, state) => {
    expect(state.Arguments?.FunctionName).toBe(`\${${name}Arn}`);
    const file = name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
    const folders = ['deployment', 'monitoring'];
    expect(folders.filter((folder) => existsSync(`functions/${folder}/${file}.ts`))).toHaveLength(1);
    const payload = state.Arguments?.Payload ?? {};
    if (name !== 'ArrangeMonitoring')
      expect(payload).toMatchObject({ rollbackId: '{% $rollbackId %}', attempt: '{% $attempt %}' });
    const waits = state.Resource?.endsWith('.waitForTaskToken') ?? false;
    expect(Object.values(payload).includes('{% $states.context.Task.Token %}')).toBe(waits);
  });

  it('gives every step more time than its function has', () => {
    const texts = ['deployment', 'monitoring'].map((folder) =>
      readFileSync(`functions/${folder}/functions.yml`, 'utf8'),
    );
    const text = texts.join('\n');
    for (const [name, { TimeoutSeconds = 0 }] of lambdas) {
      const key = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
      const own = new RegExp(`^${key}:[\\s\\S]*?(?=^\\w|(?![\\s\\S]))`, 'm').exec(text)?.[0] ?? '';
      const functionSeconds = Number(/^ {2}timeout: (\d+)/m.exec(own)?.[1] ?? 20);
      expect([name, TimeoutSeconds > functionSeconds]).toEqual([name, true]);
    }
  });

  it('is closed however it ends, and gives the endpoint back whenever it may have been touched', () => {
    const ends = states.filter(([, state]) => state.End === true || state.Type === 'Succeed');
    expect(ends.map(([name]) => name).sort()).toEqual(['CloseRollback', 'LeaveTheRollback']);
    for (const name of ['AcquireRollbackLease', 'VerifyRollback', 'RestoreEndpoint'])
      expect(stateOf(rollback, name).Catch?.at(-1)).toMatchObject({
        ErrorEquals: ['States.ALL'],
        Next: 'CloseRollback',
      });
    for (const name of ['RollBackEndpoint', 'SmokeTestEndpoint', 'RecordRollback'])
      expect(stateOf(rollback, name).Catch?.at(-1)).toMatchObject({
        ErrorEquals: ['States.ALL'],
        Next: 'RestoreEndpoint',
      });
  });

  it('watches the version that came back as its own policy asks, and has succeeded even where that fails', () => {
    expect(stateOf(rollback, 'RecordRollback').Next).toBe('ArrangeMonitoring');
    const { Next, Catch } = stateOf(rollback, 'ArrangeMonitoring');
    expect([Next, Catch?.at(-1)?.Next]).toEqual(['CloseRollback', 'CloseRollback']);
    expect(JSON.stringify(Catch)).not.toContain('faulted');
  });

  it.each([
    ['IsTheRollbackVerified', 'verified', 'RollBackEndpoint'],
    ['IsTheRollbackVerified', 'rolled-back', 'CloseRollback'],
    ['IsTheRollbackVerified', 'blocked', 'CloseRollback'],
    ['IsItInService', 'in-service', 'SmokeTestEndpoint'],
    ['IsItInService', 'blocked', 'CloseRollback'],
    ['IsItInService', 'failed', 'RestoreEndpoint'],
    ['IsItInService', 'faulted', 'RestoreEndpoint'],
    ['DoesItAnswerRightly', 'passed', 'RecordRollback'],
    ['DoesItAnswerRightly', 'failed', 'RestoreEndpoint'],
  ])('%s: %s goes on to %s', (choice, outcome, next) => {
    expect(choiceOf(rollback, choice, outcome)).toBe(next);
  });

  it.each([[[]], [['one']], [['one', 'two']]])('carries the reasons %j on as a list', async (reasons) => {
    const expression = /^\{%([\s\S]*)%\}$/.exec(String(stateOf(rollback, 'CloseRollback').Output))?.[1] ?? '';
    const output: unknown = await jsonata(expression).evaluate(undefined, { end: { outcome: 'failed', reasons } });
    expect(JSON.parse(JSON.stringify(output))).toEqual({ outcome: 'failed', reasons });
  });
});

describe('the workflow of a roll-out that meets a hold', () => {
  it('parks the run with the sentence, and leaves the endpoint alone', async () => {
    for (const choice of ['IsTheReleaseVerified', 'IsItInService'])
      expect(choiceOf(rollout, choice, 'held')).toBe('AskAboutTheHold');
    const { Assign, Next } = stateOf(rollout, 'AskAboutTheHold');
    const expression = /^\{%([\s\S]*)%\}$/.exec(String(Assign?.end))?.[1] ?? '';
    const end: unknown = await jsonata(expression).evaluate(undefined, { end: { outcome: 'held', reasons: ['held'] } });
    expect(JSON.parse(JSON.stringify(end))).toEqual({ outcome: 'faulted', reasons: ['held'] });
    expect(Next).toBe('ReleaseLease');
  });
});
