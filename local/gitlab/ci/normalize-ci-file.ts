import { readFileSync, writeFileSync } from 'node:fs';
import { dump, load } from 'js-yaml';
import { CiFileError } from './ci-file-error.ts';

const RUBY_SYMBOL = /^\s*(?:- )?:[\w-]+:/m;

/** GitLab takes the symbols of its own language, `:script:`, for the words that they are; and nothing but a hash. */
export function normalizeCiFile(path: string): void {
  const text = readFileSync(path, 'utf8');
  let content: unknown;
  try {
    content = load(text);
  } catch {
    return; // custom tags, or a fault: the parser says which
  }
  if (content === undefined || content === null || content === '') return;
  if (typeof content !== 'object' || Array.isArray(content)) throw new CiFileError('Invalid configuration format');
  if (RUBY_SYMBOL.test(text)) writeFileSync(path, dump(withoutSymbols(content)));
}

function withoutSymbols(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSymbols);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.replace(/^:/, ''), withoutSymbols(inner)]),
  );
}
