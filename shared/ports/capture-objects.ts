export type CaptureObject = { key: string; sizeBytes: number; modifiedAt: string };

/** What an endpoint's data capture wrote to S3. */
export type CaptureObjects = {
  /** Every object below the prefix, sorted by key. */
  list(uri: string): Promise<CaptureObject[]>;
  /** The object as it is now, in chunks. @throws NotFound; ServiceUnavailable when reading breaks off */
  read(uri: string): AsyncIterable<Uint8Array>;
};
