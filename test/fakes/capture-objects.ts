import { NotFound } from '../../shared/domain/faults.ts';
import type { CaptureObject, CaptureObjects } from '../../shared/ports/capture-objects.ts';

type Stored = CaptureObject & { content: Uint8Array; faults: Error[] };

export type FakeCaptureObjects = CaptureObjects & {
  put: (uri: string, content: string | Uint8Array, modifiedAt: string) => void;
  remove: (uri: string) => void;
  /** The next readings break off in the middle, one fault each. */
  breakOff: (uri: string, ...faults: Error[]) => void;
};

const keyOf = (uri: string) => uri.replace(/^s3:\/\/[^/]+\//, '');

export function fakeCaptureObjects(): FakeCaptureObjects {
  const objects = new Map<string, Stored>();
  return {
    put(uri, content, modifiedAt) {
      const bytes = new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
      objects.set(uri, { key: keyOf(uri), sizeBytes: bytes.length, modifiedAt, content: bytes, faults: [] });
    },
    remove: (uri) => {
      objects.delete(uri);
    },
    breakOff: (uri, ...faults) => {
      objects.get(uri)?.faults.push(...faults);
    },
    async list(uri) {
      return [...objects.entries()]
        .filter(([name]) => name.startsWith(uri))
        .map(([, { key, sizeBytes, modifiedAt }]) => ({ key, sizeBytes, modifiedAt }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async *read(uri) {
      const stored = objects.get(uri);
      if (stored === undefined) throw new NotFound(`There is no object ${uri}.`);
      const { content, faults } = stored;
      yield content.subarray(0, Math.floor(content.length / 2));
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      yield content.subarray(Math.floor(content.length / 2));
    },
  };
}
