import fc from 'fast-check';
import { placeBelow } from '../../../../local/sagemaker/aws/s3-uri.ts';
import { InputAllowance } from '../../../../local/sagemaker/jobs/input-allowance.ts';

describe('an object below a prefix', () => {
  it.each([
    ['data/b.csv', 'data', 'b.csv'],
    ['data/b.csv', 'data/', 'b.csv'],
    ['data/deep/b.csv', 'data', 'deep/b.csv'],
    ['data/b.csv', 'data/b.csv', 'b.csv'],
    ['data/part-1.csv', 'data/part-', 'part-1.csv'],
    ['b.csv', '', 'b.csv'],
    ['b.csv', 'b', 'b.csv'],
    ['data/../b.csv', 'data', undefined],
    ['data/./b.csv', 'data', undefined],
    ['../b.csv', '', undefined],
  ])('%s under "%s" lands at %s', (key, prefix, place) => {
    expect(placeBelow(key, prefix)).toBe(place);
  });

  it('never has a place that leads out of its folder', () => {
    const part = fc.constantFrom('a', 'b', '.', '..', '', '...');
    const key = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(key, key, (prefix, below) => {
        const place = placeBelow(`${prefix}${below}`, prefix);
        return place === undefined || !place.split('/').includes('..');
      }),
    );
  });
});

describe('the allowance of a job', () => {
  it('ends at the size of its volume and at a number of objects', () => {
    const small = new InputAllowance(1);
    small.take(1024 ** 3);
    expect(() => small.take(1)).toThrow("don't fit on the volume of 1 GB. Increase VolumeSizeInGB.");
    const few = new InputAllowance(1, 1);
    few.take(1);
    expect(() => few.take(1)).toThrow('more objects than');
  });
});
