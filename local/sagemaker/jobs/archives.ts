import { createReadStream, createWriteStream } from 'node:fs';
import { isAbsolute, posix } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar/fs';
import { GIB } from './input-allowance.ts';

/** An archive that is broken, leads out of its folder or is too large; the message says which. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

const LARGEST_BYTES = 20 * GIB;
const MOST_ENTRIES = 100_000;
/** Folders of an archive may be closed to their owner, who could then not unpack into them. */
const FOLDER_MODE = 0o755;

export async function packFolder(folder: string, archive: string): Promise<void> {
  await pipeline(packTar(folder), createGzip(), createWriteStream(archive));
}

/** Unpacks a .tar.gz. @throws ArchiveRefused */
export async function unpackArchive(
  archive: string,
  folder: string,
  { bytes = LARGEST_BYTES, entries = MOST_ENTRIES }: { bytes?: number; entries?: number } = {},
): Promise<void> {
  let seen = 0;
  let problem: string | undefined;
  const filter = (entry: { name: string; type?: string; linkname?: string }) => {
    seen += 1;
    problem ??= seen > entries ? `it has more than ${entries} entries` : leadsOut(entry);
    return problem === undefined;
  };
  try {
    await pipeline(
      createReadStream(archive),
      createGunzip(),
      atMost(bytes),
      unpackTar(folder, { filter, dmode: FOLDER_MODE }),
    );
  } catch (error) {
    problem ??= error instanceof Error ? error.message : String(error);
  }
  if (problem !== undefined) throw new ArchiveRefused(`The archive can't be unpacked: ${problem}.`);
}

/** Why an entry would reach outside the folder; undefined if it wouldn't. */
function leadsOut({ name, type, linkname = '' }: { name: string; type?: string; linkname?: string }) {
  if (isAbsolute(name)) return `its entry ${name} has an absolute name`;
  if (name.split(/[\\/]/).includes('..')) return `its entry ${name} leads out of the folder`;
  if (type !== 'symlink' && type !== 'link') return undefined;
  // The target of a symbolic link is relative to its place, that of a hard link to the root of the archive.
  const target = type === 'symlink' ? posix.join(posix.dirname(name), linkname) : posix.normalize(linkname);
  const outside = isAbsolute(linkname) || target === '..' || target.startsWith('../');
  return outside ? `its link ${name} leads to ${linkname}, out of the folder` : undefined;
}

/** A small archive can unpack to a large one. */
function atMost(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new ArchiveRefused(`unpacked it has more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
}
