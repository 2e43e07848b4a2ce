const compiled = new Map<string, RegExp | undefined>();

/** Does the whole value match a pattern of the service model? Those are Java's; one that can't be translated matches everything. */
export function matchesPattern(pattern: string, value: string): boolean {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern)?.test(value) ?? true;
}

function compile(pattern: string): RegExp | undefined {
  const translated = pattern
    .replaceAll(/\$\{(\d+),(\d+)\}/g, '$$') // two patterns of the registry repeat the end of the text
    .replaceAll('\\p{Alnum}', 'A-Za-z0-9')
    .replaceAll(/\\([ _])/g, '$1');
  for (const flags of ['su', 's']) {
    try {
      return new RegExp(`^(?:${translated})$`, flags);
    } catch {
      // The next flags are more lenient about escapes that mean nothing.
    }
  }
  return undefined;
}
