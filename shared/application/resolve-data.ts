import { digestOf } from '../domain/canonical-json.ts';
import type { DataSource } from '../domain/policy.ts';
import type { ResolvedData } from '../domain/resolved-data.ts';
import type { ObjectStore } from '../ports/documents.ts';

type Lists = Pick<ObjectStore, 'list'>;

/** Gives the policy's data an identity: every object below each source, with the version that is current now. */
export async function resolveData(
  sources: readonly DataSource[],
  objects: Lists,
): Promise<{ data: ResolvedData } | { problems: string[] }> {
  const resolved = await Promise.all(
    [...sources]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async ({ name, uri }) => ({ name, uri, objects: await objects.list(folderOf(uri)) })),
  );
  const empty = resolved.filter((source) => source.objects.length === 0);
  if (empty.length === 0) return { data: { sources: resolved } };
  return {
    problems: empty.map(({ name, uri }) => `data ${name}: there is no object below ${uri}. Put the data there.`),
  };
}

export function dataDigestOf(data: ResolvedData): string {
  return digestOf(data);
}

/** One sentence per object that is not what it was when the data was resolved; none where all is as it was. */
export async function findDataChanges(data: ResolvedData, objects: Lists): Promise<string[]> {
  const changes = await Promise.all(
    data.sources.map(async (source) => {
      const before = new Map(source.objects.map((object) => [object.key, object.versionId]));
      const after = new Map((await objects.list(folderOf(source.uri))).map((object) => [object.key, object.versionId]));
      const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
      return keys.flatMap((key) => {
        const change = nameChange(before.get(key), after.get(key));
        return change === undefined ? [] : [`data ${source.name}: ${key} ${change} after the run was accepted.`];
      });
    }),
  );
  return changes.flat();
}

function nameChange(before: string | undefined, after: string | undefined): string | undefined {
  if (before === after) return undefined;
  if (before === undefined) return 'was added';
  return after === undefined ? 'was deleted' : 'was overwritten';
}

/** With one slash at its end, so that `flights` doesn't take in `flights-of-others`. */
function folderOf(uri: string): string {
  return `${uri.replace(/\/+$/, '')}/`;
}
