import type { SealedBaseline } from '../baseline.ts';
import type { WindowState } from '../window-state.ts';
import { CaptureReader } from './capture-reader.ts';
import type { CaptureWindow } from './decode-record.ts';

export type ReadOptions = {
  /** Only records of this time. */
  window?: CaptureWindow;
  /** Called now and then with the bytes read so far. */
  onProgress?: (bytes: number) => void;
};

/**
 * The state of all capture records in one stream of bytes (a file, an object). Memory doesn't grow with the rows; a line that can't be
 * read counts as invalid. A fault of the stream is thrown.
 */
export async function readCaptures(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sealed: SealedBaseline,
  { window, onProgress }: ReadOptions = {},
): Promise<WindowState> {
  const reader = idleReaders(sealed).pop() ?? new CaptureReader(sealed);
  reader.begin(window);
  let bytes = 0;
  for await (const chunk of chunks) {
    reader.write(chunk);
    bytes += chunk.length;
    onProgress?.(bytes);
  }
  const state = reader.finish();
  idleReaders(sealed).push(reader);
  return state;
}

/** Captures are many small objects: making a reader for each would cost more than reading it. */
const IDLE = new WeakMap<SealedBaseline, CaptureReader[]>();

function idleReaders(sealed: SealedBaseline): CaptureReader[] {
  const readers = IDLE.get(sealed) ?? [];
  IDLE.set(sealed, readers);
  return readers;
}
