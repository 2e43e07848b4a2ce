import type { Issue, Label } from './rows/issues.ts';
import type { MergeRequest } from './rows/merge-requests.ts';
import type { User } from './rows/users.ts';
import type { World } from './world.ts';

/** The colour of a label that came into being because somebody used its name. */
const DEFAULT_COLOR = '#6699cc';

export const findLabel = (world: Pick<World, 'db'>, projectId: number, name: string) =>
  world.db.labels.find((row) => row.project_id === projectId && row.name === name);

export function ensureLabel(world: Pick<World, 'db' | 'now'>, projectId: number, name: string): Label {
  return (
    findLabel(world, projectId, name) ??
    world.db.labels.insert({
      project_id: projectId,
      name,
      color: DEFAULT_COLOR,
      description: null,
      priority: null,
      created_at: world.now().toISOString(),
    })
  );
}

/** The labels of an issue or a merge request, as hooks show them. */
export function hookLabels(world: Pick<World, 'db'>, on: { project_id: number; labels: string[] }) {
  return on.labels.map((title) => {
    const label = findLabel(world, on.project_id, title);
    return {
      id: label?.id ?? null,
      title,
      color: label?.color ?? DEFAULT_COLOR,
      project_id: on.project_id,
      created_at: label?.created_at ?? null,
      updated_at: label?.created_at ?? null,
      template: false,
      description: label?.description ?? null,
      type: 'ProjectLabel',
      group_id: null,
    };
  });
}

/** The labels of an issue, as `with_labels_details` shows them. */
export function labelDetails(world: Pick<World, 'db'>, on: { project_id: number; labels: string[] }) {
  return on.labels.map((name) => {
    const label = findLabel(world, on.project_id, name);
    const color = label?.color ?? DEFAULT_COLOR;
    const description = label?.description ?? null;
    return {
      id: label?.id ?? null,
      name,
      description,
      description_html: description ?? '',
      text_color: textColor(color),
      color,
      archived: false,
    };
  });
}

/** White letters on a dark colour, dark ones on a light colour. */
export function textColor(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return (red * 299 + green * 587 + blue * 114) / 1000 > 155 ? '#1F1E24' : '#FFFFFF';
}

type Labelled = Issue | MergeRequest;

/** Makes labels that don't exist yet, and notes down which came and which went. */
export function recordLabels(world: World, user: User, before: Labelled | undefined, after: Labelled): void {
  for (const label of after.labels) ensureLabel(world, after.project_id, label);
  const old = before?.labels ?? [];
  const record = (action: 'add' | 'remove', labels: string[]) => {
    for (const label of labels)
      world.db.labelEvents.insert({
        project_id: after.project_id,
        noteable_type: 'reviewer_ids' in after ? 'MergeRequest' : 'Issue',
        noteable_id: after.id,
        user_id: user.id,
        label,
        action,
        created_at: after.updated_at,
      });
  };
  record(
    'add',
    after.labels.filter((label) => !old.includes(label)),
  );
  record(
    'remove',
    old.filter((label) => !after.labels.includes(label)),
  );
}
