const compiled = new Map<string, RegExp | undefined>();

/** Any text; written so that Java's dot, which stands for no line break, lets all of it through. Slow to refuse if taken literally. */
const ANY_LINES = String.raw`.*(?:[ \r\n\t].*)*`;

/** Does the whole value match a pattern of the service model? Those are Java's; one that can't be translated matches everything. */
export function matchesPattern(pattern: string, value: string): boolean {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern)?.test(value) ?? true;
}

function compile(pattern: string): RegExp | undefined {
  if (pattern === ANY_LINES) return undefined;
  const translated = pattern
    .replaceAll(/\$\{(\d+),(\d+)\}/g, '$$') // two patterns of the registry repeat the end of the text
    .replaceAll('\\p{Alnum}', 'A-Za-z0-9')
    .replaceAll('\\p{Print}', '\\x20-\\x7e')
    .replaceAll(/\\[Az]/g, '')
    .replaceAll(/\\([ _])/g, '$1');
  for (const flags of ['u', '']) {
    try {
      return new RegExp(`^(?:${translated})$`, flags);
    } catch {
      // The next flags are more lenient about escapes that mean nothing.
    }
  }
  return undefined;
}
