import type { Commit } from './parse-commit.ts';
import { readCommit } from './read-objects.ts';
import { gitText, orUndefined } from './run-git.ts';

/** How many answers of git are kept, each of at most so many characters: some two hundred SHAs. */
const KEPT_ANSWERS = 1000;
const LONGEST_KEPT = 8192;

/** By the arguments of git; the one that was asked for longest ago comes first. */
const answers = new Map<string, string>();

const SHA = '[0-9a-f]{40}';
const FIXED = new RegExp(`^${SHA}(\\.\\.${SHA})?$`);

/**
 * Where commits that are named by their SHAs stand to each other never changes, in no repository: git is asked once. Branches
 * move, so an answer about them is not kept. Whether the repository has these commits is the caller's to know.
 */
async function askHistory(repository: string, args: readonly string[], revisions: readonly string[]): Promise<string> {
  if (!revisions.every((revision) => FIXED.test(revision))) return gitText(repository, args);
  const question = args.join('\0');
  const answer = answers.get(question) ?? (await gitText(repository, args));
  answers.delete(question);
  if (answer.length <= LONGEST_KEPT) answers.set(question, answer);
  const [oldest] = answers.keys();
  if (answers.size > KEPT_ANSWERS && oldest !== undefined) answers.delete(oldest);
  return answer;
}

interface LogQuery {
  path?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  author?: string | undefined;
  firstParent?: boolean | undefined;
  topological?: boolean | undefined;
  skip?: number;
  limit?: number;
}

/** Git's own reading of dates takes those that it finds odd for now. */
const epochOf = (moment: string) => Math.floor(Date.parse(moment) / 1000);

function limits(query: LogQuery): string[] {
  const args: string[] = [];
  if (query.since) args.push(`--since=@${epochOf(query.since)}`);
  if (query.until) args.push(`--until=@${epochOf(query.until)}`);
  if (query.firstParent) args.push('--first-parent');
  if (query.topological) args.push('--topo-order');
  if (query.author) args.push(`--author=${query.author}`);
  if (query.skip) args.push(`--skip=${query.skip}`);
  if (query.limit) args.push(`--max-count=${query.limit}`);
  return args;
}

/** `range` is a SHA, or `a..b`, or `--branches` for all of them. */
export async function listCommits(repository: string, range: string, query: LogQuery = {}): Promise<Commit[]> {
  const args = ['rev-list', ...limits(query), range, '--', ...(query.path ? [query.path] : [])];
  const shas = (await askHistory(repository, args, [range])).split('\n').filter(Boolean);
  const commits = await Promise.all(shas.map((sha) => readCommit(repository, sha)));
  return commits.filter((commit) => commit !== undefined);
}

/** The newest commit up to this one that changed a file. */
export async function lastChangeOf(repository: string, path: string, sha: string): Promise<string> {
  const args = ['rev-list', '--max-count=1', sha, '--', `:(literal)${path}`];
  return (await askHistory(repository, args, [sha])).trim();
}

export async function mergeBase(repository: string, a: string, b: string): Promise<string | undefined> {
  return (await orUndefined(askHistory(repository, ['merge-base', a, b], [a, b])))?.trim();
}

/** `older` is a SHA. */
export async function isAncestor(repository: string, older: string, newer: string): Promise<boolean> {
  return older === newer || (await mergeBase(repository, older, newer)) === older;
}
