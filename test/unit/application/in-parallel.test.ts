import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapInParallel, together } from '../../../shared/application/in-parallel.ts';

/** Gives way to others as often as it is told. */
async function yieldTimes(times: number): Promise<void> {
  for (let left = times; left > 0; left -= 1) await Promise.resolve();
}

describe('mapping in parallel', () => {
  it('keeps the order of the elements, whatever order the work ends in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 8 }), async (waits, atATime) => {
        const mapped = await mapInParallel(waits, atATime, async (wait) => {
          await yieldTimes(wait);
          return wait * 2;
        });
        expect(mapped).toEqual(waits.map((wait) => wait * 2));
      }),
    );
  });

  it('never works on more elements at a time than it may', async () => {
    let working = 0;
    let most = 0;
    await mapInParallel([...Array(20).keys()], 3, async () => {
      working += 1;
      most = Math.max(most, working);
      await yieldTimes(5);
      working -= 1;
    });
    expect(most).toBe(3);
  });

  it('throws what the work threw', async () => {
    const work = async (element: number) => {
      if (element === 2) throw new Error('two');
    };
    await expect(mapInParallel([1, 2, 3], 2, work)).rejects.toThrow('two');
  });
});

describe('doing several things together', () => {
  it('gives what each of them gave', async () => {
    expect(await together([Promise.resolve(1), 'at once', undefined])).toEqual([1, 'at once', undefined]);
  });

  it('fails as the first that failed, and not before all others have ended', async () => {
    let ended = false;
    const other = yieldTimes(20).then(() => {
      ended = true;
    });
    await expect(together([Promise.reject(new Error('away')), other])).rejects.toThrow('away');
    expect(ended).toBe(true);
  });
});
