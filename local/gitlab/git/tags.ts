import type { User } from '../rows/users.ts';
import { readObject } from './read-by-name.ts';
import { gitText } from './run-git.ts';

/** Writes an annotated tag; the ref is the caller's to set. */
export async function createTagObject(
  repository: string,
  tag: { name: string; sha: string; message: string; tagger: User; at: Date },
): Promise<string> {
  const seconds = Math.floor(tag.at.getTime() / 1000);
  const tagger = `${tag.tagger.name} <${tag.tagger.email}> ${seconds} +0000`;
  const input = `object ${tag.sha}\ntype commit\ntag ${tag.name}\ntagger ${tagger}\n\n${tag.message}\n`;
  return (await gitText(repository, ['mktag'], { input })).trim();
}

/** The message and the time of an annotated tag; undefined for a plain one. */
export async function readTag(
  repository: string,
  target: string | undefined,
): Promise<{ message: string; at: string | null } | undefined> {
  const tag = target ? await readObject(repository, target) : undefined;
  if (tag?.type !== 'tag') return undefined;
  const [head = '', ...rest] = tag.content.toString('utf8').split('\n\n');
  const seconds = /^tagger .* (\d+) [+-]\d{4}$/m.exec(head)?.[1];
  return { message: rest.join('\n\n').trimEnd(), at: seconds ? new Date(Number(seconds) * 1000).toISOString() : null };
}
