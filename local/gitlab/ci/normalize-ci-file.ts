import { readFileSync, writeFileSync } from 'node:fs';
import { dump, load } from 'js-yaml';
import { CiFileError } from './ci-file-error.ts';

/** What stands at the top of a CI file beside jobs. */
export const NOT_JOBS = new Set([
  'stages',
  'workflow',
  'variables',
  'include',
  'default',
  'spec',
  'image',
  'services',
  'cache',
  'before_script',
  'after_script',
]);

const RUBY_SYMBOL = /^\s*(?:- )?:[\w-]+:/m;

/** GitLab takes the symbols of its own language, `:script:`, for the words that they are; and nothing but a hash. */
export function normalizeCiFile(path: string): void {
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') throw new CiFileError('Please provide content of .gitlab-ci.yml');
  let content: unknown;
  try {
    content = load(text);
  } catch {
    return; // custom tags, or a fault: the parser says which
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new CiFileError('Invalid configuration format');
  for (const [name, body] of Object.entries(content))
    if (!name.startsWith('.') && !NOT_JOBS.has(name) && (typeof body !== 'object' || body === null))
      throw new CiFileError(`jobs:${name} config should implement the script:, run:, or trigger: keyword`);
  if (RUBY_SYMBOL.test(text)) writeFileSync(path, dump(withoutSymbols(content)));
}

function withoutSymbols(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSymbols);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replace(/^:/, ''), withoutSymbols(inner)]),
  );
}
