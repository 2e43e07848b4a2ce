import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderSync } from '../../../../local/sagemaker/jobs/folder-sync.ts';

let root: string;
let folder: string;
let sent: string[];
const objects = { uploadFile: async (_path: string, uri: string) => void sent.push(uri) };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sync-'));
  folder = join(root, 'synced');
  sent = [];
  mkdirSync(join(folder, 'deep'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a folder that is kept in S3', () => {
  it('sends what is new and what changed, once', async () => {
    const sync = new FolderSync(folder, 's3://bucket/checkpoints/', objects);
    writeFileSync(join(folder, 'deep', '1.pt'), 'one');
    await sync.sync();
    await sync.sync();
    expect(sent).toEqual(['s3://bucket/checkpoints/deep/1.pt']);
    utimesSync(join(folder, 'deep', '1.pt'), 1, 1);
    await sync.sync();
    expect(sent).toHaveLength(2);
  });

  it('does not send back what it began with', async () => {
    writeFileSync(join(folder, 'old'), '');
    const sync = new FolderSync(folder, 's3://bucket/checkpoints', objects);
    await sync.begin();
    writeFileSync(join(folder, 'new'), '');
    await sync.sync();
    expect(sent).toEqual(['s3://bucket/checkpoints/new']);
  });

  it('sends nothing through a link that leads out of it', async () => {
    writeFileSync(join(root, 'secret'), 'secret');
    symlinkSync(join(root, 'secret'), join(folder, 'secret'));
    symlinkSync(root, join(folder, 'all'));
    await new FolderSync(folder, 's3://bucket/out', objects).sync();
    expect(sent).toEqual([]);
  });
});
