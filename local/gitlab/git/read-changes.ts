import type { Commit } from './parse-commit.ts';
import { gitText } from './run-git.ts';

/** One process compares all with their first parents; the part of each commit that changed something begins with its SHA. */
async function diffTree(repository: string, commits: readonly Commit[], ...options: string[]): Promise<string> {
  if (commits.length === 0) return '';
  const input = commits.map(({ id, parent_ids }) => [id, ...parent_ids.slice(0, 1), '\n'].join(' ')).join('');
  return gitText(repository, ['diff-tree', '--stdin', '--root', '-r', ...options], { input });
}

/** Lines that each commit added and removed; a file that only moved has none. */
export async function commitStats(repository: string, commits: readonly Commit[]) {
  const stats = new Map(commits.map(({ id }) => [id, { additions: 0, deletions: 0, total: 0 }]));
  let current: { additions: number; deletions: number; total: number } | undefined;
  for (const line of (await diffTree(repository, commits, '--numstat', '-M')).split('\n')) {
    const [added = '', removed] = line.split('\t');
    if (removed === undefined) current = stats.get(added) ?? current;
    else if (current) {
      current.additions += Number.parseInt(added, 10) || 0;
      current.deletions += Number.parseInt(removed, 10) || 0;
      current.total = current.additions + current.deletions;
    }
  }
  return commits.map(({ id }) => stats.get(id));
}

/** Paths that each commit added, changed and removed, as webhooks list them. */
export async function changedPaths(repository: string, commits: readonly Commit[]) {
  const none = () => ({ added: [] as string[], modified: [] as string[], removed: [] as string[] });
  const changes = new Map(commits.map(({ id }) => [id, none()]));
  const parts = (await diffTree(repository, commits, '--name-status', '--no-renames', '-z')).split('\0').values();
  let current = none();
  for (const part of parts) {
    if (part.length > 1) current = changes.get(part) ?? none();
    const list = part === 'A' ? current.added : part === 'D' ? current.removed : current.modified;
    if (part.length === 1) list.push(parts.next().value ?? '');
  }
  return commits.map(({ id }) => changes.get(id) ?? none());
}
