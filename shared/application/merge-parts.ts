import type { SealedBaseline } from '../domain/drift/baseline.ts';
import { mergeWindowStates } from '../domain/drift/merge-window-states.ts';
import { newWindowState } from '../domain/drift/new-window-state.ts';
import { parseWindowState } from '../domain/drift/serialize-window-state.ts';
import type { WindowState } from '../domain/drift/window-state.ts';
import { ContractBroken } from '../domain/faults.ts';
import { WindowPart } from '../domain/window-part.ts';
import type { ObjectStore } from '../ports/documents.ts';

export type MergePartsDeps = { objects: Pick<ObjectStore, 'read'> };

/** A part has less than 1 MB for 200 features; this bounds thousands of them. */
const MAX_PART_BYTES = 32 * 1024 * 1024;
const AT_ONCE = 8;

/** Adds up what the workers counted, in the order of their batches, so that the same parts give the same sums. */
export async function mergeParts(
  uris: readonly string[],
  sealed: SealedBaseline,
  deps: MergePartsDeps,
): Promise<{ state: WindowState; unreadable: Omit<WindowPart, 'state'>[] }> {
  let state = newWindowState(sealed);
  const unreadable: Omit<WindowPart, 'state'>[] = [];
  for (let first = 0; first < uris.length; first += AT_ONCE) {
    const parts = await Promise.all(uris.slice(first, first + AT_ONCE).map((uri) => readPart(uri, deps)));
    for (const part of parts) {
      state = mergeWindowStates(state, parseWindowState(part.state, sealed), sealed.baseline);
      unreadable.push(part);
    }
  }
  return { state, unreadable };
}

async function readPart(uri: string, { objects }: MergePartsDeps): Promise<WindowPart> {
  const { bytes } = await objects.read(uri, MAX_PART_BYTES);
  const parsed = WindowPart.safeParse(JSON.parse(Buffer.from(bytes).toString()));
  if (parsed.success) return parsed.data;
  throw new ContractBroken(`${uri} is no part of a window: ${parsed.error.message.slice(0, 300)}`);
}
