import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collection } from '../../../../local/sagemaker/state/collection.ts';

type Thing = { name: string; at: Date; deep: { times: (Date | null)[] } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collection-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a collection of records', () => {
  it('is the same after it is read again, times included', () => {
    const thing: Thing = { name: 'a/b:c', at: new Date(123), deep: { times: [new Date(5), null] } };
    new Collection<Thing>(folder, 'things').put('arn:a/b', thing);
    const again = new Collection<Thing>(folder, 'things');
    expect(again.get('arn:a/b')).toEqual(thing);
    expect(again.all()).toHaveLength(1);
  });

  it('forgets what is deleted, and leaves no half-written files', () => {
    const things = new Collection<string>(folder, 'things');
    things.put('a', 'one');
    things.put('a', 'two');
    things.put('x'.repeat(300), 'long');
    expect(readdirSync(join(folder, 'records', 'things')).filter((file) => !file.endsWith('.json'))).toEqual([]);
    things.delete('a');
    expect(new Collection<string>(folder, 'things').all()).toEqual(['long']);
  });
});
