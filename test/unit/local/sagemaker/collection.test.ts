import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collection } from '../../../../local/sagemaker/state/collection.ts';
import { openDatabase } from '../../../../local/sagemaker/state/database.ts';

type Thing = { name: string; at: Date; deep: { times: (Date | null)[] } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collection-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a collection of records', () => {
  it('is the same after it is read again, times included', () => {
    const thing: Thing = { name: 'a/b:c', at: new Date(123), deep: { times: [new Date(5), null] } };
    new Collection<Thing>(openDatabase(folder), 'things').put('arn:a/b', thing);
    const again = new Collection<Thing>(openDatabase(folder), 'things');
    expect(again.get('arn:a/b')).toEqual(thing);
    expect(again.all()).toHaveLength(1);
  });

  it('forgets what is deleted, and keeps the last of what was written', () => {
    const things = new Collection<string>(openDatabase(folder), 'things');
    things.put('a', 'one');
    things.put('a', 'two');
    things.put('x'.repeat(300), 'long');
    things.put('b', 'three');
    things.delete('b');
    expect(new Collection<string>(openDatabase(folder), 'things').all()).toEqual(['two', 'long']);
  });

  it('keeps what it had when a write fails', () => {
    const database = openDatabase(folder);
    const things = new Collection<string>(database, 'things');
    things.put('a', 'one');
    database.close();
    expect(() => things.put('a', 'two')).toThrow();
    expect(() => things.delete('a')).toThrow();
    expect(things.get('a')).toBe('one');
  });

  it('holds records of one kind only', () => {
    const database = openDatabase(folder);
    new Collection<string>(database, 'things').put('a', 'a thing');
    expect(new Collection<string>(database, 'others').all()).toEqual([]);
  });
});
