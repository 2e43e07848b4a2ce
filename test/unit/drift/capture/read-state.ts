import type { SealedBaseline } from '../../../../shared/domain/drift/baseline.ts';
import { CaptureReader } from '../../../../shared/domain/drift/capture/capture-reader.ts';
import type { CaptureWindow } from '../../../../shared/domain/drift/capture/decode-record.ts';
import type { WindowState } from '../../../../shared/domain/drift/window-state.ts';

/** The state of these bytes, by the kernel and the slow path (`fast`) or by the slow path alone, written in pieces. */
export function readState(
  bytes: Uint8Array,
  sealed: SealedBaseline,
  { fast = true, window, pieces = [] }: { fast?: boolean; window?: CaptureWindow; pieces?: readonly number[] } = {},
): WindowState {
  const reader = fast ? new CaptureReader(sealed) : new CaptureReader(sealed, false);
  reader.begin(window);
  let place = 0;
  for (const piece of pieces) {
    reader.write(bytes.subarray(place, place + piece));
    place += piece;
  }
  reader.write(bytes.subarray(place));
  return reader.finish();
}
