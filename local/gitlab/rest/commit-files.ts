import { join } from 'node:path';
import * as z from 'zod';
import { DEVELOPER, protectionOf } from '../access.ts';
import { treeAfter } from '../git/apply-commit.ts';
import { createCommit, moveRef } from '../git/merge-branch.ts';
import { commitStats } from '../git/read-changes.ts';
import * as git from '../git/read-objects.ts';
import { GitError, gitText, runGit } from '../git/run-git.ts';
import { commitActions, type FileAction, FileActionError } from '../git/write-files.ts';
import type { Project } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, openProject, requireCaller } from './api.ts';
import { ApiError, badParameter, badRequest, notFound } from './api-error.ts';
import { presentCommit } from './present.ts';
import { filledText, flag, integer, readParameters, text } from './read-parameters.ts';
import { tellOfRefs } from './tell-of-refs.ts';

const HEADS = 'refs/heads/';

const Target = {
  branch: filledText,
  commit_message: filledText,
  start_branch: text.nullish(),
  start_sha: text.nullish(),
  author_email: text.nullish(),
  author_name: text.nullish(),
};
const Encoding = z.enum(['text', 'base64']).default('text');
const Action = z.object({
  action: z.enum(['create', 'update', 'move', 'delete', 'chmod']),
  file_path: filledText,
  previous_path: text.nullish(),
  content: text.nullish(),
  encoding: Encoding,
  last_commit_id: text.nullish(),
  execute_filemode: flag.nullish(),
});
const NewCommit = z.object({
  ...Target,
  actions: z.array(Action),
  start_project: z.union([integer, text]).nullish(),
  stats: flag.default(true),
  force: flag.default(false),
});
const FileChange = z.object({
  ...Target,
  content: text,
  encoding: Encoding,
  last_commit_id: text.nullish(),
  execute_filemode: flag.nullish(),
});
const FileRemoval = z.object({ ...Target, last_commit_id: text.nullish() });

const bytesOf = (content: string, encoding: 'text' | 'base64') => {
  if (encoding === 'text') return Buffer.from(content, 'utf8');
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) throw badRequest('invalid base64 content');
  return Buffer.from(content, 'base64');
};

interface Wanted {
  branch: string;
  commit_message: string;
  start_branch?: string | null | undefined;
  start_sha?: string | null | undefined;
  author_email?: string | null | undefined;
  author_name?: string | null | undefined;
  force?: boolean;
}

/** Who may write to this branch, as a push of it would be judged. */
export function requirePush(world: World, project: Project, access: number, branch: string): void {
  const rule = protectionOf(world.db, project.id, branch);
  if (rule && (rule.push_access_level === 0 || access < rule.push_access_level))
    throw badRequest('You are not allowed to push into this branch');
}

/** Commits that are written by the API: several changes at once, one file, reverts and picks. */
export function routeCommitFiles(api: Api, world: World): void {
  const write = async (c: ApiContext, wanted: Wanted, actions: FileAction[]): Promise<string> => {
    const { project, access, repository } = openProject(world, c, DEVELOPER);
    const user = requireCaller(c);
    requirePush(world, project, access, wanted.branch);
    const ref = `${HEADS}${wanted.branch}`;
    const head = project.known_refs[ref];
    const empty = Object.keys(project.known_refs).every((known) => !known.startsWith(HEADS));
    const start = wanted.start_branch && wanted.start_branch !== wanted.branch ? wanted.start_branch : wanted.start_sha;
    if (head && start && !wanted.force)
      throw badRequest(
        `A branch called '${wanted.branch}' already exists. Switch to that branch in order to make changes`,
      );
    if (!head && !start && !empty) throw badRequest('You can only create or edit files when you are on a branch');
    const from = start ? await git.resolveCommit(repository, start) : head;
    if (start && !from)
      throw badRequest(wanted.start_branch ? 'Cannot find start_branch' : `Cannot find start_sha '${start}'`);
    const person = { name: user.name, email: user.email };
    try {
      if (!head) await runGit(repository, ['check-ref-format', ref]);
      const sha = await commitActions(repository, join(world.stateDir, 'writing', world.newId()), from, actions, {
        message: wanted.commit_message,
        author: { name: wanted.author_name || person.name, email: wanted.author_email || person.email },
        committer: person,
        at: world.now(),
      });
      await moveRef(repository, ref, sha, head ?? git.ZERO_SHA);
      await tellOfRefs(world, project, user.id);
      return sha;
    } catch (error) {
      if (error instanceof FileActionError) throw badRequest(error.message);
      if (error instanceof GitError) throw badRequest('Failed to create commit');
      throw error;
    }
  };

  api.post('/projects/:id/repository/commits', async (c) => {
    const { project, repository } = openProject(world, c, DEVELOPER);
    const given = await readParameters(c, NewCommit);
    const actions = given.actions.map((action, index): FileAction => {
      if (action.action === 'move' && !action.previous_path)
        throw badParameter(`actions[${index}][previous_path] is missing`);
      if (action.action === 'chmod' && action.execute_filemode == null)
        throw badParameter(`actions[${index}][execute_filemode] is missing`);
      if (action.action === 'update' && action.content == null)
        throw badParameter(`actions[${index}][content] is missing`);
      return {
        action: action.action,
        file_path: action.file_path,
        previous_path: action.previous_path ?? undefined,
        content: action.content == null ? undefined : bytesOf(action.content, action.encoding),
        last_commit_id: action.last_commit_id ?? undefined,
        execute_filemode: action.execute_filemode ?? undefined,
      };
    });
    const sha = await write(c, given, actions);
    const commit = await git.readCommit(repository, sha);
    if (!commit) throw notFound('Commit');
    return c.json(
      {
        ...presentCommit(world, project, commit),
        ...(given.stats ? { stats: (await commitStats(repository, [commit]))[0] } : {}),
        status: null,
        project_id: project.id,
        last_pipeline: null,
      },
      201,
    );
  });

  const filePath = '/projects/:id/repository/files/:path';
  const pathOf = (c: ApiContext) => {
    const path = c.req.param('path') ?? '';
    if (path.split('/').includes('..') || path.startsWith('/'))
      throw badParameter('file_path should be a valid file path');
    return path;
  };
  for (const [method, action, status] of [
    ['post', 'create', 201],
    ['put', 'update', 200],
  ] as const) {
    api[method](filePath, async (c) => {
      openProject(world, c, DEVELOPER);
      const given = await readParameters(c, FileChange);
      const file_path = pathOf(c);
      await write(c, given, [
        {
          action,
          file_path,
          content: bytesOf(given.content, given.encoding),
          last_commit_id: given.last_commit_id ?? undefined,
          execute_filemode: given.execute_filemode ?? undefined,
          staleMessage: 'You are attempting to update a file that has changed since you started editing it.',
        },
      ]);
      return c.json({ file_path, branch: given.branch }, status);
    });
  }
  api.delete(filePath, async (c) => {
    openProject(world, c, DEVELOPER);
    const given = await readParameters(c, FileRemoval);
    await write(c, given, [
      {
        action: 'delete',
        file_path: pathOf(c),
        last_commit_id: given.last_commit_id ?? undefined,
        staleMessage: 'You are attempting to delete a file that has been previously updated.',
      },
    ]);
    return c.body(null, 204);
  });

  for (const action of ['revert', 'cherry_pick'] as const) {
    api.post(`/projects/:id/repository/commits/:sha/${action}`, async (c) => {
      const { project, access, repository } = openProject(world, c, DEVELOPER);
      const user = requireCaller(c);
      const given = await readParameters(
        c,
        z.object({ branch: filledText, dry_run: flag.default(false), message: text.nullish() }),
      );
      const sha = await git.resolveCommit(repository, c.req.param('sha'));
      const commit = sha ? await git.readCommit(repository, sha) : undefined;
      if (!commit) throw notFound('Commit');
      const ref = `${HEADS}${given.branch}`;
      const head = project.known_refs[ref];
      if (!head) throw notFound('Branch');
      requirePush(world, project, access, given.branch);
      const parent = commit.parent_ids[0];
      const undo = action === 'revert';
      const tree = await treeAfter(repository, head, commit.id, parent, undo, {
        author: person(user),
        at: world.now(),
      });
      const word = undo ? 'revert' : 'cherry-pick';
      if (!tree)
        throw refused(
          `Sorry, we cannot ${word} this commit automatically. This commit may already have been ${undo ? 'reverted' : 'cherry-picked'}, or a more recent commit may have updated some of its content.`,
          'conflict',
        );
      if (tree === (await gitText(repository, ['rev-parse', `${head}^{tree}`])).trim())
        throw refused(
          `Sorry, we cannot ${word} this commit automatically. This commit may already have been ${undo ? 'reverted' : 'cherry-picked'}, or a more recent commit may have updated some of its content.`,
          'empty',
        );
      if (given.dry_run) return c.json({ dry_run: 'success' }, 200);
      const message = undo
        ? `Revert "${commit.title}"\n\nThis reverts commit ${commit.id}`
        : (given.message ?? `${commit.message.trimEnd()}\n\n(cherry picked from commit ${commit.id})`);
      const made = await createCommit(repository, {
        tree: tree,
        parents: [head],
        message,
        author: undo ? person(user) : { name: commit.author_name, email: commit.author_email },
        committer: person(user),
        at: world.now(),
      });
      await moveRef(repository, ref, made, head);
      await tellOfRefs(world, project, user.id);
      const result = await git.readCommit(repository, made);
      return c.json(result ? presentCommit(world, project, result) : {}, 201);
    });
  }
}

const person = ({ name, email }: { name: string; email: string }) => ({ name, email });

const refused = (message: string, error_code: string) => new ApiError(400, { message, error_code });
