/** What Python's `str` makes of a JSON value inside a list or a mapping. */
export function shownByPython(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quotedByPython(value);
  if (Array.isArray(value)) return `[${value.map(shownByPython).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${quotedByPython(name)}: ${shownByPython(member)}`)
    .join(', ')}}`;
}

function quotedByPython(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}
