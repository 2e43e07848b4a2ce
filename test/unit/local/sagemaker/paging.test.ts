import { createdFrom, inOrder, page, select, sorted } from '../../../../local/sagemaker/api/paging.ts';
import { underPrefix } from '../../../../local/sagemaker/aws/s3-uri.ts';

const items = ['b', 'a', 'c'].map((name, index) => ({
  name,
  created: new Date(index * 1000),
  modified: new Date(index * 1000),
  status: 'InService',
}));
const names = (filters: Parameters<typeof select>[2]) =>
  select(items, (item) => item, filters, 'Descending').entries.map(({ item }) => item.name);

describe('lists', () => {
  it('come in pages that follow each other without gap or overlap', () => {
    const list = inOrder([1, 2, 3]);
    const first = page(list, { MaxResults: 2 });
    expect(first.items).toEqual([1, 2]);
    expect(page(list, { MaxResults: 2, NextToken: first.NextToken })).toEqual({ items: [3] });
  });

  it('go on behind the last item shown, whatever came or went meanwhile', () => {
    const newestFirst = (names: string[]) =>
      sorted(
        names.map((name) => ({ name })),
        ({ name }) => [name.length, name],
        true,
      );
    const first = page(newestFirst(['a', 'b', 'cc', 'dd']), { MaxResults: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['dd', 'cc']);
    const later = page(newestFirst(['a', 'b', 'dd', 'eee']), { MaxResults: 2, NextToken: first.NextToken });
    expect(later).toEqual({ items: [{ name: 'b' }, { name: 'a' }] });
  });

  it('refuse a token that is not theirs', () => {
    expect(() => page(inOrder([1]), { NextToken: 'x' })).toThrow('NextToken is invalid');
  });

  it('are sorted by time unless by name, and filtered', () => {
    expect(names({})).toEqual(['c', 'a', 'b']);
    expect(names({ SortBy: 'Name', SortOrder: 'Ascending' })).toEqual(['a', 'b', 'c']);
    expect(names({ NameContains: 'A' })).toEqual(['a']);
    expect(names({ CreationTimeAfter: new Date(0), CreationTimeBefore: new Date(2000) })).toEqual(['a']);
    expect(names({ StatusEquals: 'Failed' })).toEqual([]);
    expect(names(createdFrom({ CreationTimeAfter: new Date(1000) }))).toEqual(['c', 'a']);
  });
});

describe('keys under a prefix', () => {
  it('have single slashes, whatever the prefix ends in', () => {
    expect(underPrefix('s3://bucket/', 'a', 'b')).toBe('s3://bucket/a/b');
    expect(underPrefix('s3://bucket/deep//', 'a')).toBe('s3://bucket/deep/a');
  });
});
