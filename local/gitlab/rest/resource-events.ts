import { findLabel } from '../labels.ts';
import type { Note } from '../rows/issues.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, numberInPath, paginate } from './api.ts';
import { notFound } from './api-error.ts';
import { openIssue } from './open-issue.ts';
import { openMergeRequest } from './open-merge-request.ts';
import { presentUser } from './present.ts';

/** Who changed labels and state of an issue or a merge request, and when. */
export function routeResourceEvents(api: Api, world: World): void {
  const { users, notes, labelEvents } = world.db;
  const places: [string, Note['noteable_type'], (c: ApiContext) => number][] = [
    ['issues/:issue_iid', 'Issue', (c) => openIssue(world, c).issue.id],
    ['merge_requests/:merge_request_iid', 'MergeRequest', (c) => openMergeRequest(world, c).row.id],
  ];
  for (const [path, type, idOf] of places) {
    const base = `/projects/:id/${path}`;
    const about = (event: { id: number; created_at: string }, userId: number, resourceId: number) => ({
      id: event.id,
      user: presentUser(world, users.require(userId)),
      created_at: event.created_at,
      resource_type: type,
      resource_id: resourceId,
    });
    const kinds: Record<string, (id: number) => { id: number }[]> = {
      resource_label_events: (id: number) =>
        labelEvents
          .filter((row) => row.noteable_type === type && row.noteable_id === id)
          .map((row) => {
            const label = findLabel(world, row.project_id, row.label);
            const shown = label && {
              id: label.id,
              name: label.name,
              color: label.color,
              description: label.description,
            };
            return { ...about(row, row.user_id, id), label: shown ?? null, action: row.action };
          }),
      resource_state_events: (id: number) =>
        notes
          .filter((note) => note.noteable_type === type && note.noteable_id === id && note.system)
          .flatMap((note) => {
            const state = /^(closed|reopened|merged)\b/.exec(note.body)?.[1];
            return state ? { ...about(note, note.author_id, id), state } : [];
          }),
    };
    for (const [name, eventsOf] of Object.entries(kinds)) {
      api.get(`${base}/${name}`, (c) => paginate(c, eventsOf(idOf(c)), (event) => event));
      api.get(`${base}/${name}/:event_id`, (c) => {
        const event = eventsOf(idOf(c)).find((one) => one.id === numberInPath(c, 'event_id'));
        if (!event) throw notFound();
        return c.json(event);
      });
    }
  }
}
