import * as z from 'zod';
import { attachmentNamed } from '../content-disposition.ts';
import * as git from '../git/read-objects.ts';
import { runGit } from '../git/run-git.ts';
import type { World } from '../world.ts';
import type { Api } from './api.ts';
import { notFound } from './api-error.ts';
import { openRepository } from './open-repository.ts';
import { list, readParameters, text } from './read-parameters.ts';

const FORMATS: Record<string, 'tar.gz' | 'tar.bz2' | 'tar' | 'zip'> = {
  'tar.gz': 'tar.gz',
  tgz: 'tar.gz',
  gz: 'tar.gz',
  'tar.bz2': 'tar.bz2',
  tbz: 'tar.bz2',
  tbz2: 'tar.bz2',
  tb2: 'tar.bz2',
  bz2: 'tar.bz2',
  tar: 'tar',
  zip: 'zip',
};

/** The files of a commit as one archive, in a folder named after the project, the ref and the commit. */
export function routeArchive(api: Api, world: World): void {
  api.get('/projects/:id/repository/:archive{archive(\\.[a-z0-9.]+)?}', async (c) => {
    const { project, repository } = openRepository(world, c);
    const given = await readParameters(
      c,
      z.object({
        sha: text.optional(),
        path: text.optional(),
        format: text.default('tar.gz'),
        exclude_paths: list.default([]),
      }),
    );
    const format = FORMATS[c.req.param('archive').slice('archive.'.length) || given.format];
    const ref = given.sha || project.default_branch;
    const sha = format && (await git.resolveCommit(repository, ref));
    if (!format || !sha) throw notFound('File');
    const folder = given.path?.replaceAll('/', '-').replace(/^-|-$/g, '');
    const root = [project.path, ref.replaceAll('/', '-'), sha, ...(folder ? [folder] : [])].join('-');
    const paths = [given.path || '.', ...given.exclude_paths.map((path) => `:(exclude)${path}`)];
    const archive = await runGit(repository, [
      ...['-c', 'tar.tar.bz2.command=bzip2 -c'],
      ...['archive', `--format=${format}`, `--prefix=${root}/`, sha, '--', ...paths],
    ]).catch(() => undefined);
    if (!archive) throw notFound('File');
    return c.body(new Uint8Array(archive), 200, {
      'content-type': format === 'zip' ? 'application/zip' : 'application/octet-stream',
      'content-disposition': attachmentNamed(`${root}.${format}`),
    });
  });
}
