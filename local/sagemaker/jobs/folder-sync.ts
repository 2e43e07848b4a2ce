import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { errorCode } from '../../world/error-code.ts';
import { isInside } from '../aws/inside.ts';
import type { ObjectStore } from '../aws/object-store.ts';
import { underPrefix } from '../aws/s3-uri.ts';
import type { ContainerFolder } from '../containers/container.ts';
import { placeInside } from './opt-ml.ts';

type SyncedFile = { place: string; path: string; version: string };

/** Copies what is new or changed in a folder to a prefix; what goes from the folder stays there, as with the service. */
export class FolderSync {
  readonly #folder: ContainerFolder;
  readonly #path: string;
  readonly #uri: string;
  readonly #objects: Pick<ObjectStore, 'uploadFile'>;
  readonly #sent = new Map<string, string>();

  /** The path is the folder's inside the container. */
  constructor(folder: ContainerFolder, path: string, uri: string, objects: Pick<ObjectStore, 'uploadFile'>) {
    this.#folder = folder;
    this.#path = path;
    this.#uri = uri;
    this.#objects = objects;
  }

  /** What is there now came from the prefix. */
  async begin(): Promise<void> {
    for (const { path, version } of await this.#files()) this.#sent.set(path, version);
  }

  async sync(): Promise<void> {
    for (const { place, path, version } of await this.#files()) {
      if (this.#sent.get(path) === version) continue;
      await this.#objects.uploadFile(place, underPrefix(this.#uri, path));
      this.#sent.set(path, version);
    }
  }

  async #files(): Promise<SyncedFile[]> {
    const files: SyncedFile[] = [];
    try {
      const folder = await placeInside(this.#folder, this.#path);
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const place = join(entry.parentPath, entry.name);
        // Between listing and looking, a script may have moved a file away.
        const found = await stat(place).catch(() => undefined);
        if (!found?.isFile() || !(await isInside(place, folder).catch(() => false))) continue;
        files.push({ place, path: relative(folder, place), version: `${found.mtimeMs} ${found.size}` });
      }
    } catch (error) {
      // A script may also remove the folder itself.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    return files;
  }
}
