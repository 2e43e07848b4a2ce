import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';
import { writeFileWhole } from '../database.ts';

interface Stored {
  payload: AdapterPayload;
  /** Unix milliseconds. */
  expiresAt: number | null;
}

/** Sessions, codes and tokens of sign-in as files, so that a restart signs nobody out. Clients come from `findClient`. */
export function fileStorage(folder: string, now: () => Date, findClient: (id: string) => ClientMetadata | undefined) {
  return (model: string): Adapter => {
    const directory = join(folder, model);
    mkdirSync(directory, { recursive: true });
    const path = (id: string) => join(directory, `${Buffer.from(id).toString('base64url')}.json`);

    const read = (file: string): AdapterPayload | undefined => {
      let stored: Stored;
      try {
        stored = JSON.parse(readFileSync(file, 'utf8'));
      } catch {
        return undefined; // nothing is kept under this id
      }
      if (stored.expiresAt === null || stored.expiresAt > now().getTime()) return stored.payload;
      rmSync(file, { force: true });
      return undefined;
    };
    const write = (id: string, stored: Stored) => writeFileWhole(path(id), JSON.stringify(stored));
    const findBy = (accept: (payload: AdapterPayload) => boolean) =>
      readdirSync(directory)
        .filter((file) => file.endsWith('.json'))
        .map((file) => read(join(directory, file)))
        .find((payload) => payload !== undefined && accept(payload));

    return {
      async upsert(id, payload, expiresIn) {
        write(id, { payload, expiresAt: expiresIn ? now().getTime() + expiresIn * 1000 : null });
      },
      async find(id) {
        return model === 'Client' ? findClient(id) : read(path(id));
      },
      async findByUserCode(userCode) {
        return findBy((payload) => payload.userCode === userCode);
      },
      async findByUid(uid) {
        return findBy((payload) => payload.uid === uid);
      },
      async consume(id) {
        const payload = read(path(id));
        if (payload)
          write(id, { payload: { ...payload, consumed: Math.floor(now().getTime() / 1000) }, expiresAt: null });
      },
      async destroy(id) {
        rmSync(path(id), { force: true });
      },
      async revokeByGrantId(grantId) {
        for (const file of readdirSync(directory)) {
          if (read(join(directory, file))?.grantId === grantId) rmSync(join(directory, file), { force: true });
        }
      },
    };
  };
}
