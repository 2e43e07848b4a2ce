import { boundTokens } from '../../../../local/sagemaker/api/bound-tokens.ts';

const first = { NameContains: 'a', CreationTimeAfter: new Date(1000), MaxResults: 2 };
const { NextToken } = boundTokens('ListModels', first).bound({ Models: [], NextToken: 'place' }) as {
  NextToken: string;
};
const goOn = (operation: string, request: object) => boundTokens(operation, request).unbound(request);

describe('the token of a list', () => {
  it('goes on with that list, in pages of any size, whatever the order of the members', () => {
    const next = { CreationTimeAfter: new Date(1000), MaxResults: 7, NameContains: 'a', NextToken };
    expect(goOn('ListModels', next)).toEqual({ ...next, NextToken: 'place' });
  });

  it('is refused by another list and with other filters', () => {
    const others: [string, object][] = [
      ['ListEndpoints', { ...first, NextToken }],
      ['ListModels', { ...first, NameContains: 'b', NextToken }],
      ['ListModels', { ...first, SortOrder: 'Ascending', NextToken }],
      ['ListModels', { ...first, NextToken: 'place' }],
    ];
    for (const [operation, request] of others) expect(() => goOn(operation, request)).toThrow('NextToken is invalid');
  });

  it('leaves alone what has none', () => {
    const tokens = boundTokens('ListModels', {});
    expect(tokens.unbound({ NextToken: '' })).toEqual({ NextToken: '' });
    expect(tokens.bound({ Models: [] })).toEqual({ Models: [] });
  });
});
