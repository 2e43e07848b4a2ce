import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';

/** Does a path lead to something in the folder, whatever links are on the way? */
export async function isInside(path: string, folder: string): Promise<boolean> {
  const [target, root] = await Promise.all([realpath(path), realpath(folder)]);
  return target === root || target.startsWith(root + sep);
}
