import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { packFolder, unpackArchive } from '../../../../local/sagemaker/jobs/archives.ts';

let root: string;
let folder: string;
let archive: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archives-'));
  folder = join(root, 'unpacked');
  archive = join(root, 'archive.tar.gz');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true }));

async function write(entries: TarEntry[]): Promise<void> {
  writeFileSync(archive, gzipSync(await packTar(entries)));
}
const file = (name: string, body = 'text'): TarEntry => ({ header: { name, size: body.length }, body });
const link = (type: 'symlink' | 'link', name: string, linkname: string): TarEntry => ({
  header: { name, size: 0, type, linkname },
});

describe('an archive', () => {
  it('gives back the folder that was packed', async () => {
    mkdirSync(join(root, 'packed', 'deep'), { recursive: true });
    writeFileSync(join(root, 'packed', 'deep', 'file.txt'), 'kept');
    await packFolder(join(root, 'packed'), archive);
    await unpackArchive(archive, folder);
    expect(readFileSync(join(folder, 'deep', 'file.txt'), 'utf8')).toBe('kept');
  });

  it.each([
    ['a parent', [file('a/../../out.txt')], 'its entry a/../../out.txt leads out of the folder'],
    ['an absolute name', [file('/tmp/out.txt')], 'its entry /tmp/out.txt has an absolute name'],
    [
      'a link to a parent',
      [link('symlink', 'up', '..'), file('up/out.txt')],
      'its link up leads to .., out of the folder',
    ],
    ['an absolute link', [link('symlink', 'etc', '/etc')], 'its link etc leads to /etc, out of the folder'],
    ['a hard link', [link('link', 'deep/passwd', '../passwd')], 'out of the folder'],
  ])('is refused for %s, and nothing lands outside', async (_what, entries, words) => {
    await write(entries);
    await expect(unpackArchive(archive, folder)).rejects.toMatchObject({
      name: 'ArchiveRefused',
      message: expect.stringContaining(words),
    });
    expect(readdirSync(root).sort()).toEqual(['archive.tar.gz', 'unpacked']);
    expect(existsSync('/tmp/out.txt')).toBe(false);
  });

  it.each([0o555, 0o644])('may hold folders of the mode %o, which nobody else could unpack into', async (mode) => {
    await write([{ header: { name: 'closed/', size: 0, type: 'directory', mode } }, file('closed/file.txt')]);
    await unpackArchive(archive, folder);
    expect(statSync(join(folder, 'closed')).mode & 0o777).toBe(0o755);
    expect(existsSync(join(folder, 'closed', 'file.txt'))).toBe(true);
  });

  it('may hold links that stay inside', async () => {
    await write([file('versions/1.txt', 'one'), link('symlink', 'versions/last.txt', '1.txt')]);
    await unpackArchive(archive, folder);
    expect(readFileSync(join(folder, 'versions', 'last.txt'), 'utf8')).toBe('one');
  });

  it('is refused when it unpacks to more bytes or entries than there is room for', async () => {
    await write([file('zeros', '0'.repeat(100_000)), file('more')]);
    await expect(unpackArchive(archive, folder, { bytes: 50_000 })).rejects.toThrow('has more than 50000 bytes');
    await expect(unpackArchive(archive, folder, { entries: 1 })).rejects.toThrow('it has more than 1 entries');
  });

  it('is refused when it is none', async () => {
    writeFileSync(archive, 'no archive');
    await expect(unpackArchive(archive, folder)).rejects.toThrow("The archive can't be unpacked");
  });
});
