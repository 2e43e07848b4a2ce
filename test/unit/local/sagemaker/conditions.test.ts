import { conditionsHold } from '../../../../local/sagemaker/pipelines/conditions.ts';

const compare = (Type: string, LeftValue: unknown, RightValue: unknown) =>
  conditionsHold([{ Type, LeftValue, RightValue }]);

describe('conditions of a Condition step', () => {
  it.each([
    ['GreaterThan', 0.71, 0.7, true],
    ['GreaterThan', 0.7, 0.7, false],
    ['GreaterThanOrEqualTo', 0.7, 0.7, true],
    ['LessThan', 1, '2', true],
    ['LessThanOrEqualTo', 2.1, 2, false],
    ['Equals', 'a', 'a', true],
    ['Equals', 1, '1.0', true],
    ['Equals', true, 'true', false],
    ['NotEquals', 'a', 'b', true],
    ['GreaterThan', 'NaN', 0, false],
    ['LessThanOrEqualTo', 'NaN', 0, false],
  ])('%s of %j and %j is %j', (type, left, right, expected) => {
    expect(compare(type, left, right)).toBe(expected);
  });

  it('hold only together', () => {
    const yes = { Type: 'Equals', LeftValue: 1, RightValue: 1 };
    const no = { Type: 'Equals', LeftValue: 1, RightValue: 2 };
    expect(conditionsHold([yes, no])).toBe(false);
    expect(conditionsHold([{ Type: 'Or', Conditions: [no, yes] }])).toBe(true);
    expect(conditionsHold([{ Type: 'Not', Condition: no }, yes])).toBe(true);
  });

  it('read In as the SDK writes it and as the published schema has it', () => {
    expect(conditionsHold([{ Type: 'In', QueryValue: 'a', Values: ['a', 'b'] }])).toBe(true);
    expect(conditionsHold([{ Type: 'In', Value: 'c', In: ['a', 'b'] }])).toBe(false);
    expect(conditionsHold([{ Type: 'NotIn', Value: 'c', In: ['a', 'b'] }])).toBe(true);
  });

  it('of another type, or of text where numbers belong, are errors', () => {
    expect(() => compare('Resembles', 1, 1)).toThrow('Resembles is unknown');
    expect(() => compare('LessThan', 'much', 1)).toThrow('both must be numbers');
    expect(() => conditionsHold(undefined)).toThrow('needs a list of Conditions');
  });
});
