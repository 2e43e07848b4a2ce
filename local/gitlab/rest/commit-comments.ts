import * as z from 'zod';
import { canSee, REPORTER } from '../access.ts';
import * as git from '../git/read-objects.ts';
import { commitNotePayload } from '../hooks/payload-issue.ts';
import { readHookCommit } from '../hooks/payload-parts.ts';
import type { CommitComment, Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, openProject, paginate, requireCaller } from './api.ts';
import { forbidden, notFound } from './api-error.ts';
import { presentUser } from './present.ts';
import { filledText, integer, readParameters, text } from './read-parameters.ts';

const NewComment = z.object({
  note: filledText,
  path: text.nullish(),
  line: integer.nullish(),
  line_type: z.enum(['new', 'old']).default('new'),
});

/** Comments on commits. */
export function routeCommitComments(api: Api, world: World): void {
  const { commitComments, users } = world.db;
  const base = '/projects/:id/repository/commits/:sha/comments';
  const show = (row: CommitComment) => ({
    note: row.note,
    path: row.path,
    line: row.line,
    line_type: row.line_type,
    author: presentUser(world, users.require(row.author_id)),
    created_at: row.created_at,
  });

  api.get(base, async (c) => {
    const { project, sha } = await openCommit(world, c);
    return paginate(
      c,
      commitComments.filter((row) => row.project_id === project.id && row.sha === sha),
      show,
    );
  });
  api.post(base, async (c) => {
    const { project, sha, access } = await openCommit(world, c);
    const user = requireCaller(c);
    if (access === 0 && project.visibility !== 'public') throw forbidden();
    const given = await readParameters(c, NewComment);
    const row = await writeCommitComment(world, project, sha, user, {
      note: given.note,
      path: given.path ?? null,
      line: given.path ? (given.line ?? null) : null,
      line_type: given.path ? given.line_type : null,
    });
    return c.json(show(row), 201);
  });
}

/** The commit of the path, if the caller may see its repository. */
export async function openCommit(world: World, c: ApiContext) {
  const call = openProject(world, c);
  const { project, access, user } = call;
  if (project.visibility !== 'public' && !(access >= REPORTER || canSee(project.visibility, user, 0)))
    throw notFound('Project');
  const sha = await git.resolveCommit(call.repository, c.req.param('sha') ?? '');
  if (!sha) throw notFound('Commit');
  return { ...call, sha };
}

/** Writes a comment and tells the hooks. */
export async function writeCommitComment(
  world: World,
  project: Project,
  sha: string,
  author: User,
  said: Pick<CommitComment, 'note'> & Partial<Pick<CommitComment, 'path' | 'line' | 'line_type' | 'discussion_id'>>,
): Promise<CommitComment> {
  const row = world.db.commitComments.insert({
    path: null,
    line: null,
    line_type: null,
    ...said,
    project_id: project.id,
    sha,
    author_id: author.id,
    created_at: world.now().toISOString(),
  });
  const commit = await readHookCommit(world, project, sha);
  world.deliveries.announce(project.id, 'note_events', () => commitNotePayload(world, row, author, commit));
  return row;
}
