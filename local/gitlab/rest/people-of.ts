import type { World } from '../world.ts';

/** Those of the users who exist, each once. */
export const peopleOf = (world: World, ids: number[]) =>
  [...new Set(ids)].filter((id) => world.db.users.get(id) !== undefined);
