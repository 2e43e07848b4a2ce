/** Compiles onboarding/*.yaml into .build/onboarding.json, so that the functions carry no YAML parser for the records. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The records in the order of their files' names, as they stand there: placeholders are filled in when they are read. */
export function compileOnboarding(folder = join(root, 'onboarding'), target = join(root, '.build', 'onboarding.json')) {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const text = `${JSON.stringify(
    files.map((file) => load(readFileSync(join(folder, file), 'utf8'))),
    null,
    2,
  )}\n`;
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return;
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, target);
}
