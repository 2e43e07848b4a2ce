import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { attachmentNamed } from './content-disposition.ts';
import type { Project, Upload } from './rows/projects.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

type Files = Pick<World, 'stateDir' | 'db' | 'now'>;

const SECRET_BYTES = 16;

const folderOf = ({ stateDir }: Pick<World, 'stateDir'>, projectId: number) =>
  join(stateDir, 'uploads', String(projectId));

const pathOf = (world: Files, upload: Upload) => join(folderOf(world, upload.project_id), upload.secret);

/** Keeps the file before its row: a row always has its file. */
export function keepUpload(world: Files, project: Project, user: User, name: string, content: Buffer): Upload {
  const row = {
    project_id: project.id,
    user_id: user.id,
    secret: randomBytes(SECRET_BYTES).toString('hex'),
    filename: safeName(name),
    size: content.length,
    created_at: world.now().toISOString(),
  };
  mkdirSync(folderOf(world, project.id), { recursive: true });
  writeFileSync(join(folderOf(world, project.id), row.secret), content);
  return world.db.uploads.insert(row);
}

export function findUpload(world: Files, projectId: number, secret: string, filename: string): Upload | undefined {
  return world.db.uploads.find(
    (row) => row.project_id === projectId && row.secret === secret && row.filename === filename,
  );
}

/** As a download, whatever it is: a page that somebody uploaded must not run under this address. */
export async function uploadResponse(world: Files, upload: Upload): Promise<Response> {
  const content = await readFile(pathOf(world, upload));
  return new Response(new Uint8Array(content), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': attachmentNamed(upload.filename),
      'x-content-type-options': 'nosniff',
    },
  });
}

export function removeUploads(world: Pick<World, 'stateDir'>, projectId: number): void {
  rmSync(folderOf(world, projectId), { recursive: true, force: true });
}

/** What may stand in an address and in a header; GitLab replaces the rest too. */
const safeName = (name: string): string => basename(name).replaceAll(/[^A-Za-z0-9._-]/g, '_') || 'file';
