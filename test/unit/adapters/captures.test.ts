import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type CaptureFile, findCaptures } from '../../../shared/adapters/captures/find-captures.ts';
import { readCaptureFiles } from '../../../shared/adapters/captures/read-capture-files.ts';
import { readPart } from '../../../shared/adapters/captures/read-part.ts';
import { NotFound } from '../../../shared/domain/faults.ts';
import type { CaptureObjects } from '../../../shared/ports/capture-objects.ts';
import { sampleBaseline } from '../drift/capture/sample-baseline.ts';
import { writeLine } from '../drift/capture/write-line.ts';
import '../../harness/repeatable-properties.ts';

const sealed = sampleBaseline();
const workerFile = pathToFileURL(join(process.cwd(), '.build', 'capture-worker.mjs'));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-captures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const noObjects = (): CaptureObjects => {
  throw new Error('S3 was asked.');
};
const bucketOf = (objects: Record<string, Buffer>) => (): CaptureObjects => ({
  list: async (uri) =>
    Object.entries(objects)
      .filter(([key]) => `s3://captures/${key}`.startsWith(uri))
      .map(([key, bytes]) => ({ key, sizeBytes: bytes.length, modifiedAt: '2026-11-23T10:00:00.000Z' })),
  async *read(uri) {
    yield objects[uri.replace('s3://captures/', '')] ?? Buffer.of();
  },
});
const write = (name: string, content: string | Buffer) => {
  const place = join(folder, name);
  mkdirSync(join(place, '..'), { recursive: true });
  writeFileSync(place, content);
  return place;
};
const readAll = async (chunks: AsyncIterable<Uint8Array>) => {
  const read: Buffer[] = [];
  // A chunk is valid until the next one.
  for await (const chunk of chunks) read.push(Buffer.from(chunk));
  return Buffer.concat(read).toString();
};

describe('finding captures', () => {
  it('finds a folder’s files in the order of their names, and nothing but captures', async () => {
    for (const name of ['b/2.jsonl', 'a.jsonl', 'b/1.jsonl.gz', 'report.json', 'b/notes.txt']) write(name, 'x');
    const found = await findCaptures(folder, noObjects);
    expect(found.map(({ place }) => place.slice(folder.length + 1))).toStrictEqual([
      'a.jsonl',
      'b/1.jsonl.gz',
      'b/2.jsonl',
    ]);
  });

  it('takes a file whatever it is called', async () => {
    const place = write('captures.txt', 'abc');
    expect(await findCaptures(place, noObjects)).toStrictEqual([{ place, sizeBytes: 3 }]);
  });

  it('finds nothing in an empty folder', async () => {
    expect(await findCaptures(folder, noObjects)).toStrictEqual([]);
  });

  it('tells what does not exist', async () => {
    await expect(findCaptures(join(folder, 'gone'), noObjects)).rejects.toThrow(NotFound);
    await expect(findCaptures('s3://captures/gone/', bucketOf({}))).rejects.toThrow(NotFound);
  });

  it('finds objects', async () => {
    const objects = bucketOf({ 'prod/1.jsonl': Buffer.from('abc'), 'prod/report.json': Buffer.of() });
    expect(await findCaptures('s3://captures/prod/', objects)).toStrictEqual([
      { place: 's3://captures/prod/1.jsonl', sizeBytes: 3 },
    ]);
  });
});

describe('reading a part', () => {
  it('gives each line to exactly one part, wherever the file is cut', async () => {
    const place = join(folder, 'cut.jsonl');
    const text = fc
      .array(fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '\n') }))
      .map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat({ max: 60 })), async (content, cuts) => {
        writeFileSync(place, content);
        const places = [...cuts.map((cut) => Math.min(cut, content.length)), 0, content.length].toSorted(
          (a, b) => a - b,
        );
        let read = '';
        for (const [i, from] of places.entries()) {
          const to = places[i + 1];
          if (to !== undefined && to > from) read += await readAll(readPart({ place, from, to }, noObjects));
        }
        expect(read).toBe(content);
      }),
      { numRuns: 60 },
    );
  });

  it('unpacks gzip, from disk and from S3', async () => {
    const place = write('a.jsonl.gz', gzipSync('one\ntwo\n'));
    expect(await readAll(readPart({ place, from: 0, to: 28 }, noObjects))).toBe('one\ntwo\n');
    const objects = bucketOf({ 'a.jsonl.gz': gzipSync('one\n'), 'b.jsonl': Buffer.from('two\n') });
    expect(await readAll(readPart({ place: 's3://captures/a.jsonl.gz', from: 0, to: 1 }, objects))).toBe('one\n');
    expect(await readAll(readPart({ place: 's3://captures/b.jsonl', from: 0, to: 1 }, objects))).toBe('two\n');
  });

  it('tells of a file that is gone, and of gzip that is none', async () => {
    await expect(readAll(readPart({ place: join(folder, 'gone.jsonl'), from: 0, to: 1 }, noObjects))).rejects.toThrow(
      NotFound,
    );
    const broken = write('b.jsonl.gz', 'no gzip');
    await expect(readAll(readPart({ place: broken, from: 0, to: 7 }, noObjects))).rejects.toThrow('could not be read');
  });
});

describe('reading capture files', () => {
  const options = { threads: 2, workerFile, objects: noObjects };
  /** As they are listed: so large that several threads are worth their start. */
  const LISTED_BYTES = 48 * 1024 * 1024;

  it('gives the same state with one thread and with several', async () => {
    const files: CaptureFile[] = Array.from({ length: 5 }, (_, i) => {
      const content = `${writeLine(`${i}.1,AA,${i}`, `0.${i}`)}\n`.repeat(1 + i * 40);
      return { place: write(`${i}.jsonl`, content), sizeBytes: LISTED_BYTES };
    });
    const bytes: number[] = [];
    const state = await readCaptureFiles(files, sealed, { ...options, onProgress: (count) => bytes.push(count) });
    expect(state).toMatchObject({ rows: 405, records: 405, invalidRecords: 0 });
    expect(await readCaptureFiles(files, sealed, { ...options, threads: 1 })).toStrictEqual(state);
    expect(bytes.at(-1)).toBe(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  });

  it('passes on what a thread met', async () => {
    const files = ['1', '2'].map((name) => ({ place: join(folder, name), sizeBytes: LISTED_BYTES }));
    await expect(readCaptureFiles(files, sealed, options)).rejects.toThrow(NotFound);
    await expect(readCaptureFiles(files, sealed, { ...options, threads: 1 })).rejects.toThrow(NotFound);
  });

  it('reads objects', async () => {
    const line = Buffer.from(`${writeLine('1,AA,1')}\n`);
    const objects = bucketOf(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.jsonl`, line])));
    const files = await findCaptures('s3://captures/', objects);
    expect(await readCaptureFiles(files, sealed, { ...options, objects })).toMatchObject({ rows: 20 });
  });

  it('reads no files', async () => {
    expect(await readCaptureFiles([], sealed, options)).toMatchObject({ rows: 0 });
  });

  it('reads a window in every thread', async () => {
    const window = { fromMillis: Date.parse('2026-11-23T10:00:00Z'), toMillis: Date.parse('2026-11-23T11:00:00Z') };
    const files = ['2026-11-23T10:30:00Z', '2026-11-23T12:00:00Z'].map((inferenceTime, i) => {
      const place = write(`${i}.jsonl`, writeLine('1,AA,1', '0.5', { eventId: 'e', inferenceTime }));
      appendFileSync(place, '\n');
      return { place, sizeBytes: LISTED_BYTES };
    });
    expect(await readCaptureFiles(files, sealed, { ...options, window })).toMatchObject({ records: 1 });
  });
});
