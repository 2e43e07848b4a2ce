import type { Label } from './rows/issues.ts';
import type { World } from './world.ts';

/** The colour of a label that came into being because somebody used its name. */
const DEFAULT_COLOR = '#6699cc';

const findLabel = (world: Pick<World, 'db'>, projectId: number, name: string) =>
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
