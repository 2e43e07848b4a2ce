import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readObject } from '../git/read-by-name.ts';
import { commitStats } from '../git/read-changes.ts';
import { diffBetween, diffSinceMergeBase } from '../git/read-diffs.ts';
import { isAncestor, lastChangeOf, listCommits, mergeBase } from '../git/read-history.ts';
import * as git from '../git/read-objects.ts';
import { gitText } from '../git/run-git.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, pageOf, pageResponse, paginate } from './api.ts';
import { badParameter, badRequest, notFound } from './api-error.ts';
import { routeArchive } from './archive.ts';
import { openRepository } from './open-repository.ts';
import { presentCommit, withThousandths } from './present.ts';
import { presentMergeRequest } from './present-merge-request.ts';
import { filledText, flag, integer, list, moment, readParameters, text } from './read-parameters.ts';

const decoded = (c: ApiContext, name: string) => c.req.param(name) ?? '';

export function routeRepository(api: Api, world: World): void {
  routeFiles(api, world);
  routeCommits(api, world);
  routeArchive(api, world);

  api.get('/projects/:id/repository/tree', async (c) => {
    const { project, repository } = openRepository(world, c);
    const given = await readParameters(
      c,
      z.object({ ref: text.optional(), path: text.default(''), recursive: flag.default(false) }),
    );
    const sha = await git.resolveCommit(repository, given.ref ?? project.default_branch);
    const entries = sha ? await git.listTree(repository, sha, given.path, given.recursive) : undefined;
    if (!entries) throw notFound(sha && given.path ? 'invalid revision or path' : 'Tree');
    const folders = entries.filter((entry) => entry.type === 'tree');
    const rest = entries.filter((entry) => entry.type !== 'tree');
    return paginate(c, given.recursive ? entries : [...folders, ...rest], (entry) => entry);
  });

  api.get('/projects/:id/repository/compare', async (c) => {
    const { project, repository } = openRepository(world, c);
    const given = await readParameters(
      c,
      z.object({ from: filledText, to: filledText, straight: flag.default(false) }),
    );
    const [from, to] = await Promise.all([
      git.resolveCommit(repository, given.from),
      git.resolveCommit(repository, given.to),
    ]);
    if (!from || !to) throw notFound('Ref');
    const [found, diffs] = await Promise.all([
      listCommits(repository, `${from}..${to}`, { limit: 1000 }),
      given.straight ? diffBetween(repository, from, to) : diffSinceMergeBase(repository, from, to),
    ]);
    const commits = found.map((commit) => presentCommit(world, project, commit));
    return c.json({
      commit: commits[0] ?? null,
      commits: commits.reverse(),
      diffs,
      compare_timeout: false,
      compare_same_ref: from === to,
      web_url: `${world.url}/${project.path_with_namespace}/-/compare/${from}...${to}`,
    });
  });

  api.get('/projects/:id/repository/merge_base', async (c) => {
    const { project, repository } = openRepository(world, c);
    const { refs } = await readParameters(c, z.object({ refs: list }));
    if (refs.length < 2) throw badRequest('Provide at least 2 refs');
    const shas = await Promise.all(refs.map((ref) => git.resolveCommit(repository, ref)));
    const unknown = refs.filter((_ref, index) => shas[index] === undefined);
    if (unknown.length > 0)
      throw badRequest(`Could not find ${unknown.length > 1 ? 'refs' : 'ref'}: ${unknown.join(', ')}`);
    const [first, second] = shas;
    const base = first && second ? await mergeBase(repository, first, second) : undefined;
    const commit = base ? await git.readCommit(repository, base) : undefined;
    if (!commit) throw notFound('Merge Base');
    return c.json(presentCommit(world, project, commit));
  });

  api.get('/projects/:id/repository/contributors', async (c) => {
    const { project, repository } = openRepository(world, c);
    const head = await git.resolveCommit(repository, c.req.query('ref') ?? project.default_branch);
    const rows = new Map<
      string,
      { name: string; email: string; commits: number; additions: number; deletions: number }
    >();
    for (const commit of head ? await listCommits(repository, head) : []) {
      const known = rows.get(commit.author_email);
      rows.set(commit.author_email, {
        name: commit.author_name,
        email: commit.author_email,
        commits: (known?.commits ?? 0) + 1,
        additions: 0,
        deletions: 0,
      });
    }
    return paginate(c, [...rows.values()], (row) => row);
  });

  for (const raw of [false, true]) {
    api.get(`/projects/:id/repository/blobs/:sha${raw ? '/raw' : ''}`, async (c) => {
      const { repository } = openRepository(world, c);
      const sha = c.req.param('sha') ?? '';
      if (!/^[0-9a-f]{40}$/.test(sha)) throw notFound('Blob');
      const blob = await readObject(repository, sha);
      if (blob?.type !== 'blob') throw notFound('Blob');
      const { content } = blob;
      if (raw) return c.body(new Uint8Array(content), 200, { 'content-type': 'text/plain; charset=utf-8' });
      return c.json({ size: content.length, encoding: 'base64', content: content.toString('base64'), sha });
    });
  }

  api.get('/projects/:id/languages', async (c) => {
    const { project, repository } = openRepository(world, c);
    const head = await git.resolveCommit(repository, project.default_branch);
    const files = head ? ((await git.listTree(repository, head, '', true)) ?? []) : [];
    const found = files.flatMap((file) => LANGUAGES[file.path.split('.').at(-1) ?? ''] ?? []);
    const share = (name: string) =>
      Math.round((found.filter((one) => one === name).length / found.length) * 10_000) / 100;
    return c.json(Object.fromEntries([...new Set(found)].map((name) => [name, share(name)])));
  });
}

const LANGUAGES: Record<string, string> = {
  py: 'Python',
  ts: 'TypeScript',
  js: 'JavaScript',
  sh: 'Shell',
  ipynb: 'Jupyter Notebook',
  html: 'HTML',
  css: 'CSS',
  r: 'R',
  sql: 'SQL',
  rb: 'Ruby',
  go: 'Go',
  java: 'Java',
  rs: 'Rust',
};

const LineNumber = integer.refine((line) => line > 0, { params: { outOfList: true }, error: undefined });
const LineRange = z.object({ start: LineNumber, end: LineNumber });

function routeFiles(api: Api, world: World): void {
  const open = async (c: ApiContext, ref: string) => {
    const { project, repository } = openRepository(world, c);
    const path = decoded(c, 'path');
    const commit = await git.resolveCommit(repository, ref === 'HEAD' ? project.default_branch : ref);
    if (!commit) throw notFound('Commit');
    const blob = await git.readBlob(repository, commit, path);
    if (!blob) throw notFound('File');
    const sha256 = createHash('sha256').update(blob.content).digest('hex');
    const about = {
      file_name: path.split('/').at(-1) ?? path,
      file_path: path,
      size: blob.content.length,
      encoding: 'base64',
      content_sha256: sha256,
      ref,
      blob_id: blob.id,
      commit_id: commit,
      last_commit_id: await lastChangeOf(repository, path, commit),
      execute_filemode: blob.executable,
    };
    return { blob, about };
  };
  const headersOf = (about: Record<string, string | number | boolean>) =>
    Object.fromEntries(
      Object.entries(about).map(([name, value]) => [`x-gitlab-${name.replaceAll('_', '-')}`, encodeURI(String(value))]),
    );

  api.get('/projects/:id/repository/files/:path/raw', async (c) => {
    const { ref } = await readParameters(c, z.object({ ref: text.default('HEAD') }));
    const { blob, about } = await open(c, ref);
    return c.body(new Uint8Array(blob.content), 200, {
      ...headersOf(about),
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `inline; filename="${encodeURIComponent(about.file_name)}"`,
    });
  });

  api.get('/projects/:id/repository/files/:path/blame', async (c) => {
    const { repository } = openRepository(world, c);
    const { ref, range } = await readParameters(c, z.object({ ref: filledText, range: LineRange.optional() }));
    const { about } = await open(c, ref);
    if (range && range.start > range.end) throw badRequest('range[start] must be less than or equal to range[end]');
    const lines = range ? ['-L', `${range.start},${range.end}`] : [];
    const text = await gitText(repository, [
      'blame',
      '--line-porcelain',
      ...lines,
      about.commit_id,
      '--',
      about.file_path,
    ]).catch(() => ''); // lines beyond the end of the file
    const ranges: { commit: unknown; lines: string[]; sha: string }[] = [];
    let sha = '';
    for (const line of text.split('\n')) {
      sha = /^([0-9a-f]{40}) \d+ \d+/.exec(line)?.[1] ?? sha;
      if (!line.startsWith('\t')) continue;
      const last = ranges.at(-1);
      if (last?.sha === sha) last.lines.push(line.slice(1));
      else ranges.push({ commit: await blameCommit(repository, sha), lines: [line.slice(1)], sha });
    }
    return c.json(
      ranges.map(({ commit, lines }) => ({ commit, lines })),
      200,
      headersOf(about),
    );
  });

  // Hono answers HEAD from the GET route, without the body.
  api.get('/projects/:id/repository/files/:path', async (c) => {
    const { ref } = await readParameters(c, z.object({ ref: filledText }));
    const { blob, about } = await open(c, ref);
    return c.json({ ...about, content: blob.content.toString('base64') }, 200, headersOf(about));
  });
}

function routeCommits(api: Api, world: World): void {
  const { mergeRequests } = world.db;
  const open = async (c: ApiContext) => {
    const call = openRepository(world, c);
    const sha = await git.resolveCommit(call.repository, decoded(c, 'sha'));
    const commit = sha ? await git.readCommit(call.repository, sha) : undefined;
    if (!commit) throw notFound('Commit');
    return { ...call, commit };
  };

  api.get('/projects/:id/repository/commits', async (c) => {
    const { project, repository } = openRepository(world, c);
    const given = await readParameters(
      c,
      z.object({
        ref_name: text.optional(),
        path: text.optional(),
        since: moment.optional(),
        until: moment.optional(),
        author: text.optional(),
        all: flag.optional(),
        trailers: flag.optional(),
        order: z.enum(['default', 'topo']).optional(),
        with_stats: flag.default(false),
        first_parent: flag.optional(),
      }),
    );
    const range = given.all ? '--branches' : await commitRange(repository, given.ref_name || project.default_branch);
    if (!range) throw notFound('Tree');
    const { page, perPage } = pageOf(c);
    const query = {
      path: given.path,
      since: given.since,
      until: given.until,
      author: given.author,
      firstParent: given.first_parent,
      topological: given.order === 'topo',
    };
    const skip = (page - 1) * perPage;
    const commits = await listCommits(repository, range, { ...query, skip, limit: perPage });
    const stats = given.with_stats ? await commitStats(repository, commits) : undefined;
    const rows = commits.map((commit, index) => ({
      ...presentCommit(world, project, commit),
      ...(stats && { stats: stats[index] }),
    }));
    return pageResponse(c, rows, skip + rows.length + 1, { uncounted: true });
  });

  api.get('/projects/:id/repository/commits/:sha', async (c) => {
    const { project, repository, commit } = await open(c);
    const { stats } = await readParameters(c, z.object({ stats: flag.default(true) }));
    const newest = world.db.pipelines.filter((row) => row.project_id === project.id && row.sha === commit.id).at(-1);
    return c.json({
      ...presentCommit(world, project, commit),
      ...(stats ? { stats: (await commitStats(repository, [commit]))[0] } : {}),
      status: newest?.status ?? null,
      project_id: project.id,
      last_pipeline: newest
        ? {
            id: newest.id,
            iid: newest.iid,
            project_id: project.id,
            sha: newest.sha,
            ref: newest.ref,
            status: newest.status,
            source: newest.source,
          }
        : null,
    });
  });

  api.get('/projects/:id/repository/commits/:sha/diff', async (c) => {
    const { repository, commit } = await open(c);
    return paginate(c, await diffBetween(repository, commit.parent_ids[0], commit.id), (diff) => diff);
  });

  api.get('/projects/:id/repository/commits/:sha/refs', async (c) => {
    const { project, repository, commit } = await open(c);
    const { type } = await readParameters(c, z.object({ type: z.enum(['branch', 'tag', 'all']).default('all') }));
    const rows = [];
    for (const [ref, target] of Object.entries(project.known_refs)) {
      const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
      if (type !== 'all' && type !== kind) continue;
      if (await isAncestor(repository, commit.id, target))
        rows.push({ type: kind, name: ref.replace(/^refs\/(heads|tags)\//, '') });
    }
    return paginate(c, rows, (row) => row);
  });

  // Nobody signs commits here.
  api.get('/projects/:id/repository/commits/:sha/signature', async (c) => {
    await open(c);
    throw notFound('Signature');
  });

  api.get('/projects/:id/repository/commits/:sha/sequence', async (c) => {
    const { repository, commit } = await open(c);
    const first = c.req.query('first_parent') === 'true' ? ['--first-parent'] : [];
    return c.json({ count: Number(await gitText(repository, ['rev-list', '--count', ...first, commit.id])) });
  });

  api.get('/projects/:id/repository/commits/:sha/merge_requests', async (c) => {
    const { project, commit } = await open(c);
    const introducing = mergeRequests.filter(
      (row) =>
        row.project_id === project.id && (row.commit_shas.includes(commit.id) || row.merge_commit_sha === commit.id),
    );
    return paginate(c, introducing.reverse(), (row) => presentMergeRequest(world, row));
  });
}

async function blameCommit(repository: string, sha: string) {
  const commit = await git.readCommit(repository, sha);
  if (!commit) return null;
  const { title: _title, authored_date, committed_date, ...shown } = commit;
  return {
    ...shown,
    authored_date: withThousandths(authored_date),
    committed_date: withThousandths(committed_date),
  };
}

/** `a`, `a..b` or nothing when one of them names no commit. */
async function commitRange(repository: string, refName: string): Promise<string | undefined> {
  const ends = refName.split(/\.{2,3}/);
  if (ends.length > 2) throw badParameter('ref_name is invalid');
  const shas = await Promise.all(ends.map((end) => git.resolveCommit(repository, end)));
  if (shas.some((sha) => sha === undefined)) return undefined;
  return shas.join('..');
}
