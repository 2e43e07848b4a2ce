import type { DocumentReference } from '../domain/identifiers.ts';

/** Documents of the control plane in its versioned bucket; a reference names the version and the digest. */
export type Documents = {
  /** Writes canonical JSON or bytes under `key`, and returns the reference. */
  write(key: string, content: Uint8Array | string, contentType: string): Promise<DocumentReference>;
  /** @throws DigestMismatch when the bytes are not those of the reference; NotFound */
  read(reference: DocumentReference): Promise<Uint8Array>;
};

export type TooLarge = { sizeBytes: number };

export type StoredObject = { key: string; versionId: string; etag: string; sizeBytes: number };

/** S3 objects that others wrote: bundles, data, reports, artifacts. */
export type ObjectStore = {
  /** Every object below the prefix with its current version, sorted by key. */
  list(uri: string): Promise<StoredObject[]>;
  /** `undefined` when there is no such object. */
  head(uri: string): Promise<{ versionId: string; sizeBytes: number } | undefined>;
  /** The object, or its size alone where it is larger than `maxBytes`; `undefined` when there is none. */
  find(uri: string, maxBytes: number): Promise<{ bytes: Uint8Array; versionId: string } | TooLarge | undefined>;
  /** @throws NotFound; ContractBroken when larger than `maxBytes` */
  read(uri: string, maxBytes: number, versionId?: string): Promise<{ bytes: Uint8Array; versionId: string }>;
  /** Streams the object through SHA-256, never holding it. */
  digest(uri: string, versionId?: string): Promise<{ sha256: string; versionId: string; sizeBytes: number }>;
  copy(from: { uri: string; versionId?: string }, to: string): Promise<{ versionId: string }>;
  /** Copies bytes under a key that is not taken yet; an existing object stays. */
  putOnce(uri: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** The object as a stream, for archives. */
  stream(uri: string, versionId?: string): Promise<ReadableStream<Uint8Array>>;
};
