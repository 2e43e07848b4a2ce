import type { SealedBaseline } from '../../domain/drift/baseline.ts';
import { type ReadOptions, readCaptures } from '../../domain/drift/capture/read-captures.ts';
import { mergeWindowStates } from '../../domain/drift/merge-window-states.ts';
import { newWindowState } from '../../domain/drift/new-window-state.ts';
import type { WindowState } from '../../domain/drift/window-state.ts';
import type { CaptureObjects } from '../../ports/capture-objects.ts';
import type { CaptureFile } from './find-captures.ts';
import { type CapturePart, isRemote, PART_BYTES, readPart, splitFile } from './read-part.ts';
import { type PartReader, startWorkers } from './start-workers.ts';

/** S3 answers after some 30 ms: that many objects are waited for at once. */
const OBJECTS_AT_ONCE = 8;

export type ReadFilesOptions = ReadOptions & {
  /** How many threads read; 1 reads in this one. */
  threads: number;
  /** The program of a worker, capture-worker.ts in a bundle of its own. */
  workerFile: URL;
  /** Asked only where a file lies in S3. */
  objects: () => Pick<CaptureObjects, 'read'>;
};

/**
 * The state of all capture files together. The files are cut into parts, which are read by several threads and merged in their order, so
 * that the result doesn't depend on the number of threads. @throws NotFound, PermissionRefused, ServiceUnavailable
 */
export async function readCaptureFiles(
  files: readonly CaptureFile[],
  sealed: SealedBaseline,
  { threads, workerFile, objects, window, onProgress }: ReadFilesOptions,
): Promise<WindowState> {
  const parts = files.flatMap(splitFile);
  const options = window === undefined ? {} : { window };
  const readHere: PartReader = (part) => readCaptures(readPart(part, objects), sealed, options);
  const useful = Math.min(threads, Math.ceil(bytesOf(files) / PART_BYTES));
  const remote = parts.some(isRemote);
  // The network is slower than one thread, and without S3's client a thread needs less memory.
  const workers = useful > 1 && !remote ? startWorkers(workerFile, useful, sealed, options) : undefined;
  const readers = workers?.readers ?? new Array<PartReader>(remote ? OBJECTS_AT_ONCE : 1).fill(readHere);
  let bytes = 0;
  const advance = (part: CapturePart) => {
    bytes += part.to - part.from;
    onProgress?.(bytes);
  };
  try {
    return await readInOrder(parts, sealed, readers, advance);
  } finally {
    await workers?.stop();
  }
}

function bytesOf(files: readonly CaptureFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

async function readInOrder(
  parts: readonly CapturePart[],
  sealed: SealedBaseline,
  readers: readonly PartReader[],
  advance: (part: CapturePart) => void,
): Promise<WindowState> {
  let merged = newWindowState(sealed);
  const waiting = new Map<number, WindowState>();
  let next = 0;
  let mergedParts = 0;
  await Promise.all(
    readers.map(async (read) => {
      while (next < parts.length) {
        const number = next++;
        const part = parts[number];
        if (part === undefined) return;
        waiting.set(number, await read(part));
        advance(part);
        for (let state = waiting.get(mergedParts); state !== undefined; state = waiting.get(mergedParts)) {
          waiting.delete(mergedParts++);
          merged = mergeWindowStates(merged, state, sealed.baseline);
        }
      }
    }),
  );
  return merged;
}
