/** A string or another scalar of a JSON text: where it stands (a string without its quotes), and under which keys. */
export type JsonLeaf = { path: string; kind: 'string' | 'other'; from: number; to: number };

type Open = { prefix: string; isList: boolean; count: number };

const PLAIN = /\s*(?:([{}[\],:])|"((?:[^"\\]|\\.)*)"|([^\s{}[\],:"\\]+))/y;
/** The same inside a JSON string, where quotes and newlines are escaped; other escapes are none of it. */
const ESCAPED = /(?:\s|\\[nrt])*(?:([{}[\],:])|\\"([^"\\]*)\\"|([^\s{}[\],:"\\]+))/y;

const BLANK = /^(?:\s|\\[nrt])*$/;

/**
 * The leaves of a JSON text that is known to be one, with their places. Answers `undefined` where two values have the same path, or a
 * key is written with escapes: then a value's path doesn't tell what it means.
 */
export function findLeaves(text: string, escaped: boolean): JsonLeaf[] | undefined {
  const token = new RegExp(escaped ? ESCAPED : PLAIN);
  const quote = escaped ? 2 : 1;
  const leaves: JsonLeaf[] = [];
  const paths = new Set<string>();
  const open: Open[] = [];
  let key: string | undefined;
  for (;;) {
    const place = token.lastIndex;
    const match = token.exec(text);
    if (match === null) return BLANK.test(text.slice(place)) ? leaves : undefined;
    const [, mark, string, other] = match;
    const top = open.at(-1);
    if (mark === '}' || mark === ']') open.pop();
    if (mark === ',' && top !== undefined) top.count += 1;
    if (mark === ',') key = undefined;
    if (mark !== undefined && mark !== '{' && mark !== '[') continue;
    if (string !== undefined && key === undefined && top !== undefined && !top.isList) {
      if (string.includes('\\')) return undefined;
      key = string;
      continue;
    }
    const path = top === undefined ? '' : `${top.prefix}${top.isList ? top.count : key}`;
    if (paths.has(path)) return undefined;
    paths.add(path);
    if (mark !== undefined) {
      open.push({ prefix: path === '' ? '' : `${path}.`, isList: mark === '[', count: 0 });
      key = undefined;
    } else {
      const end = token.lastIndex - (string === undefined ? 0 : quote);
      const length = (string ?? other ?? '').length;
      leaves.push({ path, kind: string === undefined ? 'other' : 'string', from: end - length, to: end });
    }
  }
}
