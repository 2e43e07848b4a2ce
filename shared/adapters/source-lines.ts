import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

type Path = readonly PropertyKey[];

/**
 * Where in a YAML or JSON text a path stands: the line, from 1, of the key or entry there, or of the nearest group around
 * it. A text that can't be read has no lines.
 */
export function lineFinderOf(text: string): (path: Path) => number | undefined {
  const lines = new LineCounter();
  return lineFinderIn(parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' }), lines);
}

export function lineFinderIn(document: Document, lines: LineCounter): (path: Path) => number | undefined {
  return (path) => {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const offset = offsetOf(document, path.slice(0, depth));
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    return undefined;
  };
}

function offsetOf(document: Document, path: Path): number | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const key = path.at(-1);
  if (key === undefined) return startOf(document.contents);
  if (!isMap(parent)) return startOf(document.getIn(path, true));
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return startOf(pair?.key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
