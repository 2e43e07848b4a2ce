/** Compiles docs/runbooks/*.md into .build/runbooks.json: pages that alarms lead to, rendered once, so that no function carries a parser. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Other runbooks are pages too; what else the repository has is named as it stands there. */
const renderer = {
  link({ href, tokens }) {
    const text = this.parser.parseInline(tokens);
    if (/^https:/.test(href)) return `<a href="${href}">${text}</a>`;
    const runbook = /^([a-z-]+)\.md$/.exec(href)?.[1];
    return runbook === undefined
      ? `${text} (<code>docs/${href.replace(/^(\.\.\/)+/, '')}</code>)`
      : `<a href="/runbooks/${runbook}">${text}</a>`;
  },
};

/** By name: the title, which is the first heading, and the rest as HTML. */
export function compileRunbooks(
  folder = join(root, 'docs', 'runbooks'),
  target = join(root, '.build', 'runbooks.json'),
) {
  const marked = new Marked({ renderer });
  const files = readdirSync(folder).filter((file) => file.endsWith('.md'));
  const runbooks = files.sort().map((file) => {
    const [heading = '', ...rest] = readFileSync(join(folder, file), 'utf8').split('\n');
    return [basename(file, '.md'), { title: heading.replace(/^# /, ''), html: marked.parse(rest.join('\n')) }];
  });
  const text = `${JSON.stringify(Object.fromEntries(runbooks), null, 2)}\n`;
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return;
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, target);
}
