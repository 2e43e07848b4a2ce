import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerFolder } from '../../../../local/sagemaker/containers/container.ts';
import { FolderSync } from '../../../../local/sagemaker/jobs/folder-sync.ts';

let root: string;
let folder: string;
let container: ContainerFolder;
let sent: string[];
const objects = { uploadFile: async (_path: string, uri: string) => void sent.push(uri) };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sync-'));
  container = { root, optMl: join(root, 'opt-ml') };
  folder = join(container.optMl, 'synced');
  sent = [];
  mkdirSync(join(folder, 'deep'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a folder that is kept in S3', () => {
  it('sends what is new and what changed, once', async () => {
    const sync = new FolderSync(container, '/opt/ml/synced', 's3://bucket/checkpoints/', objects);
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
    const sync = new FolderSync(container, '/opt/ml/synced', 's3://bucket/checkpoints', objects);
    await sync.begin();
    writeFileSync(join(folder, 'new'), '');
    await sync.sync();
    expect(sent).toEqual(['s3://bucket/checkpoints/new']);
  });

  it('sends nothing through a link that leads out of it', async () => {
    writeFileSync(join(root, 'secret'), 'secret');
    symlinkSync(join(root, 'secret'), join(folder, 'secret'));
    symlinkSync(root, join(folder, 'all'));
    await new FolderSync(container, '/opt/ml/synced', 's3://bucket/out', objects).sync();
    expect(sent).toEqual([]);
  });

  it('has nothing to send once the script has removed the folder', async () => {
    const sync = new FolderSync(container, '/opt/ml/synced', 's3://bucket/out', objects);
    await sync.begin();
    rmSync(folder, { recursive: true });
    await sync.sync();
    expect(sent).toEqual([]);
  });

  it('may not be replaced by a link that leads out of /opt/ml', async () => {
    writeFileSync(join(root, 'secret'), 'secret');
    rmSync(folder, { recursive: true });
    symlinkSync(root, folder);
    const sync = new FolderSync(container, '/opt/ml/synced', 's3://bucket/out', objects);
    await expect(sync.sync()).rejects.toThrow('/opt/ml/synced is a link that leads out of /opt/ml');
    expect(sent).toEqual([]);
  });
});
