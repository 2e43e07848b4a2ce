import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A Git repository in a folder of its own, with one commit of these files. */
export function makeRepository(files: Record<string, string>): { folder: string; commit: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-cli-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const git = (...command: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...command], {
      encoding: 'utf8',
    });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=First');
  return {
    folder,
    commit: git('rev-parse', 'HEAD').trim(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
