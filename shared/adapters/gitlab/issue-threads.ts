import * as z from 'zod';
import { NotFound } from '../../domain/faults.ts';
import type { IssueThreads } from '../../ports/gitlab.ts';
import { apiPath, type GitlabClient } from './client.ts';
import { EmbeddedUser } from './gitlab-user.ts';

const Issue = z.looseObject({
  state: z.enum(['opened', 'closed']),
  closed_at: z.string().nullish(),
  closed_by: EmbeddedUser.nullish(),
});
const Note = z.looseObject({ body: z.string(), author: EmbeddedUser, created_at: z.string(), system: z.boolean() });
const Upload = z.looseObject({ markdown: z.string() });

/** How far back a note is looked for before it is written: a page of the API. */
const NEWEST_NOTES = 100;

export function gitlabIssueThreads(client: GitlabClient): IssueThreads {
  /** Only our own notes count: anybody could write the marker into one of theirs. */
  async function isThere(notesPath: string, marker: string): Promise<boolean | undefined> {
    const query = { sort: 'desc', order_by: 'created_at', per_page: NEWEST_NOTES };
    const notes = await client.find(notesPath, z.array(Note), query);
    if (notes === undefined) return undefined;
    const marked = notes.filter(({ body }) => body.includes(marker));
    if (marked.length === 0) return false;
    const { id } = await self();
    return marked.some(({ author }) => author.id === id);
  }

  async function self() {
    const user = await client.find('/user', EmbeddedUser);
    if (user === undefined) throw new NotFound("GitLab does not say whose the control plane's token is.");
    return user;
  }

  return {
    self,

    async find(projectId, iid) {
      const issue = await client.find(apiPath`/projects/${projectId}/issues/${iid}`, Issue);
      if (issue === undefined) return undefined;
      const { state, closed_by: closedBy, closed_at: closedAt } = issue;
      return { state, ...(closedBy && { closedBy }), ...(closedAt && { closedAt }) };
    },

    async noteOnce(projectId, iid, { marker, body }) {
      const path = apiPath`/projects/${projectId}/issues/${iid}/notes`;
      const there = await isThere(path, marker);
      if (there === undefined) return 'gone';
      if (there) return 'there';
      const answer = await client.write('POST', path, { body: `${body}\n\n<!-- ${marker} -->` });
      if (answer.status === 404) return 'gone';
      client.parsed(Note, answer, `POST ${path}`);
      return 'written';
    },

    async note(projectId, iid, noteId) {
      const note = await client.find(apiPath`/projects/${projectId}/issues/${iid}/notes/${noteId}`, Note);
      if (note === undefined) return undefined;
      const { body, author, created_at: createdAt, system: isSystem } = note;
      return { body, author, createdAt, isSystem };
    },

    async close(projectId, iid) {
      const path = apiPath`/projects/${projectId}/issues/${iid}`;
      const answer = await client.write('PUT', path, { state_event: 'close' });
      if (answer.status !== 404) client.parsed(Issue, answer, `PUT ${path}`);
    },

    async attach(projectId, { name, contentType, bytes }) {
      const path = apiPath`/projects/${projectId}/uploads`;
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(bytes)], { type: contentType }), name);
      return client.parsed(Upload, await client.write('POST', path, form), `POST ${path}`).markdown;
    },
  };
}
