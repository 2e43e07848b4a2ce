import * as z from 'zod';
import { canSee, REPORTER } from '../access.ts';
import * as git from '../git/read-objects.ts';
import { commitNotePayload } from '../hooks/payload-issue.ts';
import { readHookCommit } from '../hooks/payload-parts.ts';
import type { CommitComment } from '../rows/projects.ts';
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
  const open = async (c: ApiContext) => {
    const call = openProject(world, c);
    const { project, access, user } = call;
    if (project.visibility !== 'public' && !(access >= REPORTER || canSee(project.visibility, user, 0)))
      throw notFound('Project');
    const sha = await git.resolveCommit(call.repository, c.req.param('sha') ?? '');
    if (!sha) throw notFound('Commit');
    return { ...call, sha };
  };
  const show = (row: CommitComment) => ({
    note: row.note,
    path: row.path,
    line: row.line,
    line_type: row.line_type,
    author: presentUser(world, users.require(row.author_id)),
    created_at: row.created_at,
  });

  api.get(base, async (c) => {
    const { project, sha } = await open(c);
    return paginate(
      c,
      commitComments.filter((row) => row.project_id === project.id && row.sha === sha),
      show,
    );
  });
  api.post(base, async (c) => {
    const { project, sha, access } = await open(c);
    const user = requireCaller(c);
    if (access === 0 && project.visibility !== 'public') throw forbidden();
    const given = await readParameters(c, NewComment);
    const row = commitComments.insert({
      project_id: project.id,
      sha,
      author_id: user.id,
      note: given.note,
      path: given.path ?? null,
      line: given.path ? (given.line ?? null) : null,
      line_type: given.path ? given.line_type : null,
      created_at: world.now().toISOString(),
    });
    const commit = await readHookCommit(world, project, sha);
    world.deliveries.announce(project.id, 'note_events', () => commitNotePayload(world, row, user, commit));
    return c.json(show(row), 201);
  });
}
