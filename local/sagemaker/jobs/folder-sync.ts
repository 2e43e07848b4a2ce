import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isInside } from '../aws/inside.ts';
import type { ObjectStore } from '../aws/object-store.ts';
import { underPrefix } from '../aws/s3-uri.ts';

/** Copies what is new or changed in a folder to a prefix; what goes from the folder stays there, as with the service. */
export class FolderSync {
  readonly #folder: string;
  readonly #uri: string;
  readonly #objects: Pick<ObjectStore, 'uploadFile'>;
  readonly #sent = new Map<string, string>();

  constructor(folder: string, uri: string, objects: Pick<ObjectStore, 'uploadFile'>) {
    this.#folder = folder;
    this.#uri = uri;
    this.#objects = objects;
  }

  /** What is there now came from the prefix. */
  async begin(): Promise<void> {
    for (const [path, version] of await this.#versions()) this.#sent.set(path, version);
  }

  async sync(): Promise<void> {
    for (const [path, version] of await this.#versions()) {
      if (this.#sent.get(path) === version) continue;
      await this.#objects.uploadFile(join(this.#folder, path), underPrefix(this.#uri, path));
      this.#sent.set(path, version);
    }
  }

  async #versions(): Promise<[string, string][]> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    const versions: [string, string][] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      // Between listing and looking, a script may have moved a file away.
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile() || !(await isInside(path, this.#folder))) continue;
      versions.push([relative(this.#folder, path), `${found.mtimeMs} ${found.size}`]);
    }
    return versions;
  }
}
