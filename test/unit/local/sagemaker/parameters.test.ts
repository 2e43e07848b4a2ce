import { parametersFor, typedParameters } from '../../../../local/sagemaker/pipelines/parameters.ts';

const defined = [
  { Name: 'Code', Type: 'String' as const },
  { Name: 'Count', Type: 'Integer' as const, DefaultValue: 1 },
  { Name: 'MinAuc', Type: 'Float' as const, DefaultValue: 0.7 },
  { Name: 'Fast', Type: 'Boolean' as const, DefaultValue: false },
];
const code = { Name: 'Code', Value: 's3://b/code' };

describe('parameters of an execution', () => {
  it('are the given ones before the defaults, with their declared types', () => {
    const values = parametersFor(defined, [code, { Name: 'Count', Value: '3' }]);
    expect(values).toContainEqual({ Name: 'MinAuc', Value: '0.7' });
    expect(typedParameters(defined, values)).toEqual({ Code: 's3://b/code', Count: 3, MinAuc: 0.7, Fast: false });
  });

  it.each([
    [[], 'must be given: Code'],
    [[code, { Name: 'Colour', Value: 'red' }], 'Unknown parameters: Colour'],
    [[code, { Name: 'Count', Value: '1.5' }], "Count has the type Integer; '1.5'"],
    [[code, { Name: 'MinAuc', Value: '' }], 'MinAuc has the type Float'],
    [[code, { Name: 'Fast', Value: 'yes' }], 'Fast has the type Boolean'],
  ])('are refused in words: %j', (given, words) => {
    expect(() => parametersFor(defined, given)).toThrow(words);
  });

  it('keep to their enum', () => {
    const chosen = [{ Name: 'Size', Type: 'String' as const, EnumValues: ['small', 'large'] }];
    expect(() => parametersFor(chosen, [{ Name: 'Size', Value: 'huge' }])).toThrow('must be one of small, large');
  });
});
