import type { World } from '../world.ts';
import { type ApiContext, openForReading } from './api.ts';

/** Code is for members from Reporter up, and for everybody who sees a project that is not private. */
export const openRepository = (world: World, c: ApiContext) => openForReading(world, c);
