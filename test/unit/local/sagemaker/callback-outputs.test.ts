import { requireDeclared } from '../../../../local/sagemaker/pipelines/callback-outputs.ts';
import { planPipeline } from '../../../../local/sagemaker/pipelines/definition.ts';

const OutputParameters = [
  { OutputName: 'rows', OutputType: 'Integer' },
  { OutputName: 'share', OutputType: 'Float' },
  { OutputName: 'ready', OutputType: 'Boolean' },
  { OutputName: 'note', OutputType: 'String' },
];
const ask = { Name: 'Ask', Type: 'Callback', SqsQueueUrl: 'http://queue', Arguments: {}, OutputParameters };
const [step] = planPipeline(JSON.stringify({ Steps: [ask] })).steps;
const good = { rows: '3', share: '0.5', ready: 'True', note: '' };
const check = (given: Record<string, string>) =>
  requireDeclared(
    step,
    Object.entries(given).map(([Name, Value]) => ({ Name, Value })),
  );

describe('the answer to a callback step', () => {
  it('brings the outputs that the step declares', () => {
    expect(() => check(good)).not.toThrow();
  });

  it.each([
    ["declares no output parameter 'more'", { ...good, more: '1' }],
    ["'rows' of the type Integer; '1.5' was given", { ...good, rows: '1.5' }],
    ["'share' of the type Float; 'half' was given", { ...good, share: 'half' }],
    ["'ready' of the type Boolean; 'yes' was given", { ...good, ready: 'yes' }],
    ["'rows' of the type Integer; none was given", { note: 'a' }],
  ])('is refused: %s', (words, given) => {
    expect(() => check(given)).toThrow(words);
  });
});
