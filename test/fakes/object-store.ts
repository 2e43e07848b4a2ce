import { sha256Hex } from '../../shared/domain/canonical-json.ts';
import { ContractBroken, NotFound } from '../../shared/domain/faults.ts';
import type { ObjectStore } from '../../shared/ports/documents.ts';

type Version = { versionId: string; bytes: Uint8Array };

export type FakeObjectStore = ObjectStore & {
  /** Writes an object as somebody else would: a new version. */
  put: (uri: string, content: Uint8Array | string) => { versionId: string };
};

export function fakeObjectStore(): FakeObjectStore {
  const objects = new Map<string, Version[]>();
  let written = 0;

  function put(uri: string, content: Uint8Array | string): { versionId: string } {
    written += 1;
    const bytes = new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
    const version = { versionId: `v${written}`, bytes };
    objects.set(uri, [...(objects.get(uri) ?? []), version]);
    return { versionId: version.versionId };
  }

  function find(uri: string, versionId?: string): Version | undefined {
    const versions = objects.get(uri) ?? [];
    return versionId === undefined ? versions.at(-1) : versions.find((version) => version.versionId === versionId);
  }

  function get(uri: string, versionId?: string): Version {
    const version = find(uri, versionId);
    if (version === undefined)
      throw new NotFound(`There is no object ${uri}${versionId ? ` in version ${versionId}` : ''}.`);
    return version;
  }

  const keyOf = (uri: string) => uri.replace(/^s3:\/\/[^/]+\//, '');

  return {
    put,
    async list(uri) {
      return [...objects.keys()]
        .filter((name) => name.startsWith(uri))
        .map((name) => {
          const { versionId, bytes } = get(name);
          return { key: keyOf(name), versionId, etag: sha256Hex(bytes).slice(0, 32), sizeBytes: bytes.length };
        })
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async head(uri) {
      const version = find(uri);
      return version && { versionId: version.versionId, sizeBytes: version.bytes.length };
    },
    async find(uri, maxBytes) {
      const version = find(uri);
      if (version === undefined || version.bytes.length <= maxBytes) return version;
      return { sizeBytes: version.bytes.length };
    },
    async read(uri, maxBytes, versionId) {
      const version = get(uri, versionId);
      if (version.bytes.length > maxBytes) {
        throw new ContractBroken(`${uri} has ${version.bytes.length} bytes; at most ${maxBytes} are read.`);
      }
      return { bytes: version.bytes, versionId: version.versionId };
    },
    async digest(uri, versionId) {
      const version = get(uri, versionId);
      return { sha256: sha256Hex(version.bytes), versionId: version.versionId, sizeBytes: version.bytes.length };
    },
    async copy(from, to) {
      return put(to, get(from.uri, from.versionId).bytes);
    },
    async putOnce(uri, bytes) {
      if (find(uri) === undefined) put(uri, bytes);
    },
    async stream(uri, versionId) {
      const { bytes } = get(uri, versionId);
      return new Blob([new Uint8Array(bytes)]).stream();
    },
  };
}
