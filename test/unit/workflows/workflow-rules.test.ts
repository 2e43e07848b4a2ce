import { describe, expect, it } from '@jest/globals';
import { lintWorkflow } from '../../../scripts/workflow-rules.mjs';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', TimeoutSeconds: 60, End: true };
const machine = (states: Record<string, unknown>, StartAt = 'Work') => ({
  QueryLanguage: 'JSONata',
  StartAt,
  States: states,
});

describe('the rules for workflows', () => {
  it('find nothing in a sound one', () => {
    expect(lintWorkflow(machine({ Work: { ...task, Output: '{% $states.result.outcome %}' } }))).toEqual([]);
  });

  it.each([
    ['a state that does not exist', { Work: { ...task, End: undefined, Next: 'Nowhere' } }, 'goes on to Nowhere'],
    [
      'a Catch that goes nowhere',
      { Work: { ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Nowhere' }] } },
      'goes on to Nowhere',
    ],
    ['a state that is never reached', { Work: task, Rest: task }, 'Rest is never reached'],
    ['a Task without a timeout', { Work: { ...task, TimeoutSeconds: undefined } }, 'no literal TimeoutSeconds'],
    [
      'a Task with a computed timeout',
      { Work: { ...task, TimeoutSeconds: '{% $seconds %}' } },
      'no literal TimeoutSeconds',
    ],
    ['a Retry without jitter', { Work: { ...task, Retry: [{ ErrorEquals: ['X'], MaxAttempts: 2 }] } }, 'no jitter'],
    [
      'a Retry without an end',
      { Work: { ...task, Retry: [{ ErrorEquals: ['X'], JitterStrategy: 'FULL' }] } },
      'no MaxAttempts',
    ],
    [
      'a Retry of everything',
      { Work: { ...task, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2, JitterStrategy: 'FULL' }] } },
      'every error',
    ],
    ['an expression that does not parse', { Work: { ...task, Output: '{% $a + %}' } }, "doesn't parse"],
    ['blanks around an expression', { Work: { ...task, Output: ' {% $a %}' } }, 'is no expression'],
    ['$eval', { Work: { ...task, Output: '{% $eval("1") %}' } }, '$eval'],
    ['an Output of a Succeed state', { Work: { Type: 'Succeed', Output: '{% 1 %}' } }, 'Succeed state with an Output'],
    [
      'a Choice without a Default',
      { Work: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Work' }] } },
      'no Default',
    ],
  ])('find %s', (_what, states, sentence) => {
    expect(lintWorkflow(machine(states))).toEqual(expect.arrayContaining([expect.stringContaining(sentence)]));
  });

  it('look into what a Map does with each item', () => {
    const ItemProcessor = { StartAt: 'Read', States: { Read: { ...task, TimeoutSeconds: undefined } } };
    const findings = lintWorkflow(machine({ Work: { Type: 'Map', ItemProcessor, End: true } }));
    expect(findings).toEqual([expect.stringMatching(/^Work, each item: Read has no literal TimeoutSeconds/)]);
  });

  it('find a start that is no state', () => {
    expect(lintWorkflow(machine({ Work: task }, 'Elsewhere'))).toContain('StartAt names Elsewhere, which is no state.');
  });
});
