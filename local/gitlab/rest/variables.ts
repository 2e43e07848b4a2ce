import * as z from 'zod';
import { MAINTAINER, OWNER } from '../access.ts';
import type { Variable } from '../rows/projects.ts';
import type { World } from '../world.ts';
import { type Api, type ApiContext, openGroup, openProject, paginate, requireAdmin } from './api.ts';
import { badRequest, notFound } from './api-error.ts';
import { flag, readParameters, text } from './read-parameters.ts';

const Fields = z.object({
  value: text,
  variable_type: z.enum(['env_var', 'file']).default('env_var'),
  protected: flag.default(false),
  masked: flag.default(false),
  raw: flag.default(false),
  environment_scope: text.default('*'),
  description: text.nullable().default(null),
});
const NewVariable = Fields.extend({ key: text });

/** CI/CD variables of the instance, of groups and of projects. */
export function routeVariables(api: Api, world: World): void {
  const places = [
    { base: '/admin/ci/variables', source: 'instance', open: instanceVariables },
    { base: '/groups/:id/variables', source: 'group', open: (c: ApiContext) => openGroup(world, c, OWNER).group.id },
    {
      base: '/projects/:id/variables',
      source: 'project',
      open: (c: ApiContext) => openProject(world, c, MAINTAINER).project.id,
    },
  ] as const;
  for (const place of places) routeVariablesOf(api, world, place);
}

/** The instance has one list of variables, which its administrators keep. */
function instanceVariables(c: ApiContext): number {
  requireAdmin(c);
  return 0;
}

interface Place {
  base: string;
  source: Variable['source'];
  open(c: ApiContext): number;
}

function routeVariablesOf(api: Api, world: World, { base, source, open }: Place): void {
  const { variables } = world.db;
  const at = (sourceId: number) => variables.filter((row) => row.source === source && row.source_id === sourceId);
  const show = ({ id: _id, source: _source, source_id: _sourceId, ...shown }: Variable) => ({
    ...shown,
    hidden: false,
  });
  const named = (c: ApiContext) => {
    const scope = c.req.query('filter[environment_scope]');
    const row = at(open(c)).find(
      (variable) => variable.key === c.req.param('key') && (!scope || variable.environment_scope === scope),
    );
    if (!row) throw notFound('Variable');
    return row;
  };

  api.get(base, (c) => paginate(c, at(open(c)), show));
  api.get(`${base}/:key`, (c) => c.json(show(named(c))));

  api.post(base, async (c) => {
    const source_id = open(c);
    const given = await readParameters(c, NewVariable);
    if (!/^[A-Za-z0-9_]{1,255}$/.test(given.key))
      throw badRequest({ key: ["can contain only letters, digits and '_'."] });
    if (given.masked && !/^[A-Za-z0-9+/=@:.~_-]{8,}$/.test(given.value)) throw badRequest({ value: ['is invalid'] });
    if (at(source_id).some((row) => row.key === given.key && row.environment_scope === given.environment_scope)) {
      throw badRequest({ key: [`(${given.key}) has already been taken`] });
    }
    return c.json(show(variables.insert({ ...given, source, source_id })), 201);
  });

  api.put(`${base}/:key`, async (c) => {
    const row = named(c);
    const merged = { ...row, ...definedOnly(await readParameters(c, Fields.partial())) };
    return c.json(show(variables.update(row.id, merged)));
  });

  api.delete(`${base}/:key`, (c) => {
    variables.remove(named(c).id);
    return c.body(null, 204);
  });
}

/** Without the parameters that nobody gave. */
export function definedOnly<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined) Object.assign(kept, { [key]: value });
  return kept;
}
