import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar/fs';

export async function packFolder(folder: string, archive: string): Promise<void> {
  await pipeline(packTar(folder), createGzip(), createWriteStream(archive));
}

/** Unpacks a .tar.gz; entries that lead out of the folder are refused by the library. */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  await pipeline(createReadStream(archive), createGunzip(), unpackTar(folder));
}
