import { planPipeline } from '../../../../local/sagemaker/pipelines/definition.ts';
import { outputsIn, requireDeclared } from '../../../../local/sagemaker/pipelines/step-outputs.ts';

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

describe('the answer of a function', () => {
  const [called] = planPipeline(
    JSON.stringify({ Steps: [{ Name: 'Call', Type: 'Lambda', FunctionArn: 'called', OutputParameters }] }),
  ).steps;
  const outputs = (answer: unknown) => (called === undefined ? [] : outputsIn(called, answer));
  const answer = { rows: 3, share: 0.5, ready: true, note: 'fine', statusCode: 200 };

  it('gives the declared outputs as text, whatever else stands in it', () => {
    expect(outputs(answer).map(({ Value }) => Value)).toEqual(['3', '0.5', 'true', 'fine']);
  });

  it('makes one text of what is nested', () => {
    expect(outputs({ ...answer, note: { a: [1] } }).at(-1)).toEqual({ Name: 'note', Value: '{"a":[1]}' });
  });

  it.each([
    ['rows', { ...answer, rows: 1.5 }],
    ['note', { ...answer, note: null }],
    ['rows', undefined],
    ['rows', 'ok'],
  ])('without a fit %s fails the step', (name, unfit) => {
    expect(() => outputs(unfit)).toThrow(`no output parameter '${name}'`);
  });
});
