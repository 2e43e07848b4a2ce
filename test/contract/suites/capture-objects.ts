import { beforeEach, expect, it } from '@jest/globals';
import { NotFound } from '../../../shared/domain/faults.ts';
import type { CaptureObjects } from '../../../shared/ports/capture-objects.ts';
import { anyId } from './any-names.ts';

type Contract = { captures: CaptureObjects; bucket: string; put: (uri: string, content: string) => Promise<unknown> };

/** What every `CaptureObjects` does. */
export function captureObjectsContract(make: () => Promise<Contract>) {
  let contract: Contract;
  let prefix: string;

  beforeEach(async () => {
    contract = await make();
    prefix = `s3://${contract.bucket}/keep-30d/${anyId()}/`;
  });

  const textOf = async (uri: string): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of contract.captures.read(uri)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('lists what lies below a prefix, in the order of the keys, with size and time', async () => {
    for (const name of ['b.jsonl', 'a.jsonl']) await contract.put(`${prefix}${name}`, 'four');
    const listed = await contract.captures.list(prefix);
    expect(listed.map(({ key }) => key.slice(key.lastIndexOf('/') + 1))).toEqual(['a.jsonl', 'b.jsonl']);
    for (const { sizeBytes, modifiedAt } of listed) {
      expect(sizeBytes).toBe(4);
      expect(Math.abs(Date.now() - Date.parse(modifiedAt))).toBeLessThan(60_000);
    }
    expect(await contract.captures.list(`${prefix}nothing/`)).toEqual([]);
  });

  it('lists more than one page', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await contract.put(`${prefix}${name}.jsonl`, 'x');
    expect(await contract.captures.list(prefix)).toHaveLength(5);
  });

  it('reads an object whole, an empty one too, and one line of it where nobody reads on', async () => {
    const text = 'line of a capture\n'.repeat(10_000);
    await contract.put(`${prefix}a.jsonl`, text);
    await contract.put(`${prefix}empty.jsonl`, '');
    expect(await textOf(`${prefix}a.jsonl`)).toBe(text);
    expect(await textOf(`${prefix}empty.jsonl`)).toBe('');
    for await (const chunk of contract.captures.read(`${prefix}a.jsonl`)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it('says that an object is gone', async () => {
    await expect(textOf(`${prefix}gone.jsonl`)).rejects.toThrow(NotFound);
  });
}
