/** GitLab's own words in an error answer (`message`, `error`, with lists per field), short enough for a sentence. */
export function refusalText(body: unknown): string {
  const text = wordsOf(typeof body === 'string' ? tryJson(body) : body);
  return text.replace(/\s+/g, ' ').slice(0, 300);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  if (value === null || typeof value !== 'object') return '';
  if ('message' in value) return wordsOf(value.message);
  if ('error' in value) return wordsOf(value.error);
  return Object.entries(value)
    .map(([field, words]) => `${field} ${wordsOf(words)}`)
    .join('; ');
}
