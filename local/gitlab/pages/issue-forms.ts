import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { canSeeIssue, GUEST, REPORTER } from '../access.ts';
import { changeIssue } from '../issues.ts';
import { writeComment } from '../notes.ts';
import type { World } from '../world.ts';
import { visitProject } from './open-project.ts';

const Form = z.union([
  z.object({ comment: z.string().trim().min(1) }),
  z.object({ state_event: z.enum(['close', 'reopen']) }),
]);
const ISSUE = /^\/(.+)\/-\/issues\/(\d+)$/;

/** What a person does on an issue's page: comment, close, reopen. Hooks hear of it as of the API. */
export function issueForms(world: World): Hono {
  const pages = new Hono();
  pages.post('*', async (c) => {
    const [, path = '', iid = ''] = ISSUE.exec(c.req.path) ?? [];
    const visit = visitProject(world, c, path);
    const issue = world.db.issues.find((row) => row.project_id === visit?.project.id && row.iid === Number(iid));
    if (!visit?.user || !issue || !canSeeIssue(issue, visit.user, visit.access)) return c.text('Not found\n', 404);
    if (!isFromHere(world, c)) return c.text('The form is of another site.\n', 403);
    const form = Form.safeParse(await c.req.parseBody());
    if (!form.success) return c.redirect(c.req.path, 303);
    const { user, access } = visit;
    if ('comment' in form.data) {
      if (access < GUEST) return c.text('Only members comment.\n', 403);
      writeComment(world, 'Issue', issue, user, form.data.comment);
    } else {
      if (access < REPORTER && issue.author_id !== user.id) return c.text('Only members close issues.\n', 403);
      changeIssue(world, issue, user, form.data);
    }
    return c.redirect(c.req.path, 303);
  });
  return pages;
}

/** Browsers tell where a form was posted from. */
const isFromHere = (world: World, c: Context): boolean => (c.req.header('origin') ?? world.url) === world.url;
