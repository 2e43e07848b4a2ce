import * as z from 'zod';
import { canSeeIssue, REPORTER } from '../access.ts';
import { textColor } from '../labels.ts';
import type { Label } from '../rows/issues.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, openProject, paginate } from './api.ts';
import { ApiError, badParameter, badRequest, notFound } from './api-error.ts';
import { filledText, flag, integer, readParameters, text } from './read-parameters.ts';

const COLORS: Record<string, string> = {
  red: '#FF0000',
  green: '#008000',
  blue: '#0000FF',
  black: '#000000',
  white: '#FFFFFF',
  yellow: '#FFFF00',
  orange: '#FFA500',
  purple: '#800080',
  gray: '#808080',
};
const colorOf = (given: string) => {
  const color = COLORS[given.toLowerCase()] ?? given;
  if (!/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(color)) throw badRequest({ color: ['must be a valid color code'] });
  return color.length === 4 ? `#${[...color.slice(1)].map((digit) => digit + digit).join('')}` : color;
};

/** Labels of a project. One that an issue uses without asking comes into being by that. */
export function routeLabels(api: Api, world: World): void {
  const { labels, issues, mergeRequests } = world.db;
  const show = (c: ApiContext) => {
    const { project, user, access } = openProject(world, c);
    const counted = c.req.query('with_counts') !== undefined;
    const used = issues.filter((row) => row.project_id === project.id && canSeeIssue(row, user, access));
    return (label: Label) => ({
      id: label.id,
      name: label.name,
      description: label.description,
      description_html: label.description ?? '',
      text_color: textColor(label.color),
      color: label.color,
      archived: false,
      ...(counted
        ? {
            open_issues_count: used.filter((row) => row.state === 'opened' && row.labels.includes(label.name)).length,
            closed_issues_count: used.filter((row) => row.state === 'closed' && row.labels.includes(label.name)).length,
            open_merge_requests_count: mergeRequests.filter(
              (row) => row.project_id === project.id && row.state === 'opened' && row.labels.includes(label.name),
            ).length,
          }
        : {}),
      subscribed: false,
      priority: label.priority,
      is_project_label: true,
    });
  };
  const named = (c: ApiContext, level = 0, name = c.req.param('label_id')) => {
    const { project } = openProject(world, c, level);
    const row = labels.find(
      (label) => label.project_id === project.id && (String(label.id) === name || label.name === name),
    );
    if (!row) throw notFound('Label');
    return row;
  };

  api.get('/projects/:id/labels', async (c) => {
    const { project } = openProject(world, c);
    const { search } = await readParameters(c, z.object({ search: text.optional() }));
    const found = labels
      .filter(
        (row) => row.project_id === project.id && (!search || row.name.toLowerCase().includes(search.toLowerCase())),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return paginate(c, found, show(c));
  });
  api.get('/projects/:id/labels/:label_id', (c) => c.json(show(c)(named(c))));

  api.post('/projects/:id/labels', async (c) => {
    const { project } = openProject(world, c, REPORTER);
    const given = await readParameters(
      c,
      z.object({ name: filledText, color: filledText, description: text.nullish(), priority: integer.nullish() }),
    );
    if (labels.find((row) => row.project_id === project.id && row.name === given.name))
      throw new ApiError(409, { message: 'Label already exists' });
    const row = labels.insert({
      project_id: project.id,
      name: given.name,
      color: colorOf(given.color),
      description: given.description ?? null,
      priority: given.priority ?? null,
      created_at: world.now().toISOString(),
    });
    return c.json(show(c)(row), 201);
  });

  const change = async (c: ApiContext, row: Label) => {
    const given = await readParameters(
      c,
      z.object({
        new_name: filledText.optional(),
        color: filledText.optional(),
        description: text.nullish(),
        priority: integer.nullish(),
        archived: flag.optional(),
      }),
    );
    if (Object.values(given).every((value) => value === undefined))
      throw badParameter(
        'new_name, color, description, priority, archived are missing, at least one parameter must be provided',
      );
    const renamed = given.new_name;
    if (renamed !== undefined) {
      const swap = (names: string[]) => names.map((name) => (name === row.name ? renamed : name));
      for (const table of [issues, mergeRequests] as const)
        for (const one of table.all())
          if (one.project_id === row.project_id && one.labels.includes(row.name))
            table.update(one.id, { labels: swap(one.labels) });
    }
    return labels.update(row.id, {
      name: renamed ?? row.name,
      color: given.color === undefined ? row.color : colorOf(given.color),
      description: given.description === undefined ? row.description : given.description,
      priority: given.priority === undefined ? row.priority : given.priority,
    });
  };
  const remove = (row: Label) => {
    for (const table of [issues, mergeRequests] as const)
      for (const one of table.all())
        if (one.project_id === row.project_id && one.labels.includes(row.name))
          table.update(one.id, { labels: one.labels.filter((name) => name !== row.name) });
    labels.remove(row.id);
  };
  api.put('/projects/:id/labels/:label_id', async (c) => c.json(show(c)(await change(c, named(c, REPORTER)))));
  api.delete('/projects/:id/labels/:label_id', (c) => {
    remove(named(c, REPORTER));
    return c.body(null, 204);
  });
  // The older form names the label in the body.
  const byBody = async (c: ApiContext) => {
    const { name, label_id } = await readParameters(c, z.object({ name: text.optional(), label_id: text.optional() }));
    return named(c, REPORTER, name ?? label_id);
  };
  api.put('/projects/:id/labels', async (c) => c.json(show(c)(await change(c, await byBody(c)))));
  api.delete('/projects/:id/labels', async (c) => {
    remove(await byBody(c));
    return c.body(null, 204);
  });
}
