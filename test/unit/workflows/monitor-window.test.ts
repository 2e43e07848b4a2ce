import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import jsonata from 'jsonata';
import * as z from 'zod';
import { step as judge } from '../../../functions/monitoring/judge-window.ts';
import { step as plan } from '../../../functions/monitoring/plan-window.ts';
import { step as publish } from '../../../functions/monitoring/publish-window.ts';
import { step as readBatch } from '../../../functions/monitoring/read-batch.ts';
import { step as render } from '../../../functions/monitoring/render-report.ts';
import { KEY } from '../monitoring/window-world.ts';

const State = z.looseObject({
  Type: z.string(),
  TimeoutSeconds: z.number().optional(),
  Items: z.string().optional(),
  ItemSelector: z.unknown().optional(),
  Arguments: z.looseObject({ FunctionName: z.string(), Payload: z.unknown() }).optional(),
  Choices: z.array(z.looseObject({ Condition: z.string(), Next: z.string() })).optional(),
  Default: z.string().optional(),
  End: z.boolean().optional(),
});
type State = z.infer<typeof State>;
const machine = z
  .looseObject({ States: z.record(z.string(), State) })
  .parse(load(readFileSync('statemachines/monitor-window.asl.yaml', 'utf8')));

function stateOf(name: string): State {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`There is no state ${name}.`);
  return state;
}

/** Evaluates what Step Functions would, with these variables. */
async function evaluate(template: unknown, variables: Record<string, unknown>): Promise<unknown> {
  if (typeof template === 'string') {
    const code = /^\{%([\s\S]*)%\}$/.exec(template)?.[1];
    return code === undefined ? template : jsonata(code).evaluate(null, variables);
  }
  if (template === null || typeof template !== 'object') return template;
  const entries = await Promise.all(
    Object.entries(template).map(async ([key, value]) => [key, await evaluate(value, variables)] as const),
  );
  return Object.fromEntries(entries);
}

const document = { uri: 's3://mlops-test-capture/states/plan.json', versionId: 'v1', sha256: 'a'.repeat(64) };
const planningOf = (outcome: string, batches = 0) => ({ outcome, reasons: [], window: KEY, plan: document, batches });
const context = { Execution: { Id: 'arn:execution' }, Map: { Item: { Value: 0 } } };

describe('the workflow of a window', () => {
  it.each([
    ['planned', 2, 'ReadBatches'],
    ['planned', 0, 'JudgeWindow'],
    ['judged', 0, 'RenderReport'],
    ['already-judged', 0, 'AlreadyJudged'],
    ['retired', 0, 'WithdrawMonitoring'],
    ['no-monitoring', 0, 'NoMonitoring'],
    ['baseline-broken', 0, 'BaselineBroken'],
  ])('goes on from %s with %i batches to %s', async (outcome, batches, next) => {
    const { Choices = [], Default } = stateOf('IsThereAWindowToJudge');
    const planning = planningOf(outcome, batches);
    const taken: string[] = [];
    for (const { Condition, Next } of Choices) if (await evaluate(Condition, { planning })) taken.push(Next);
    expect(taken[0] ?? Default).toBe(next);
  });

  it('knows every outcome of its plan', () => {
    const text = JSON.stringify(stateOf('IsThereAWindowToJudge'));
    const known = plan.output.shape.outcome.options.filter((outcome) => text.includes(`'${outcome}'`));
    expect([...known, 'no-monitoring'].sort()).toEqual([...plan.output.shape.outcome.options].sort());
  });

  it('reads each batch once, even where there is one', async () => {
    const { Items, ItemSelector } = stateOf('ReadBatches');
    for (const batches of [1, 3]) {
      const items = await evaluate(Items, { planning: planningOf('planned', batches) });
      expect(Array.from(items as number[])).toEqual(Array.from({ length: batches }, (_, batch) => batch));
    }
    const input = await evaluate(ItemSelector, { planning: planningOf('planned', 1), states: { context } });
    expect(readBatch.input.parse(input)).toEqual({ plan: document, batch: 0 });
  });

  it.each([
    ['JudgeWindow', judge.input],
    ['RenderReport', render.input],
    ['PublishWindow', publish.input],
  ])('gives %s what it asks for', async (name, schema) => {
    const payload = await evaluate(stateOf(name).Arguments?.Payload, {
      planning: planningOf('planned', 1),
      states: { context },
    });
    expect(schema.safeParse(payload)).toMatchObject({ success: true });
  });

  it('gives every step more time than its function has', () => {
    const texts = ['monitoring', 'feedback'].map((folder) => readFileSync(`functions/${folder}/functions.yml`, 'utf8'));
    const text = texts.join('\n').replaceAll(/!\w+ /g, '');
    const functions = z.record(z.string(), z.looseObject({ timeout: z.number().default(20) })).parse(load(text));
    const { States } = z
      .object({ ItemProcessor: z.object({ States: z.record(z.string(), State) }) })
      .parse(stateOf('ReadBatches')).ItemProcessor;
    const tasks = Object.entries({ ...machine.States, ...States }).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.length).toBe(7);
    for (const [name, { TimeoutSeconds = 0, Arguments }] of tasks) {
      expect(Arguments?.FunctionName).toBe(`\${${name}Arn}`);
      const limit = functions[`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`]?.timeout ?? Number.NaN;
      expect([name, TimeoutSeconds > limit]).toEqual([name, true]);
    }
  });

  it('has an end of its own for each way out', () => {
    const ends = Object.entries(machine.States).filter(([, { End }]) => End);
    expect(ends.map(([name]) => name).sort()).toEqual([
      'AlreadyJudged',
      'BaselineBroken',
      'Judged',
      'NoMonitoring',
      'Retired',
    ]);
  });
});
