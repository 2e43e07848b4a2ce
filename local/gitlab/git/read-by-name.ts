import { BatchProcess, type GitObject } from './batch-process.ts';

/** As long as Gitaly keeps its own. */
const IDLE_MS = 10_000;
const MOST_AT_ONCE = 16;

/** By the repository's folder; the one that was asked longest ago comes first. */
const readers = new Map<string, { process: BatchProcess; idle: NodeJS.Timeout }>();

/** Git refuses these in refs, or takes them for ranges, logs of refs and options. */
const isName = (name: string) => /^(?!-)[^\s\p{Cc}]+$/u.test(name) && !name.includes('..') && !name.includes('@{');

/**
 * Reads an object by any name of it (`refs/heads/main^{commit}`, a SHA), from a process that stays for the next one: to
 * start git takes some forty times as long as to ask it. A process that ended is started again.
 *
 * @returns undefined when nothing has that name. @throws GitError when git can't read the repository.
 */
export async function readObject(repository: string, name: string): Promise<GitObject | undefined> {
  if (!isName(name)) return undefined;
  return processOf(repository)
    .ask(name)
    .catch(() => processOf(repository).ask(name));
}

/** Ends the processes of a repository, or of all in a folder. Those that come after read what stands there then. */
export async function endReaders(folder: string): Promise<void> {
  const concerned = [...readers.keys()].filter((path) => path === folder || path.startsWith(`${folder}/`));
  await Promise.all(concerned.map(endReader));
}

function processOf(repository: string): BatchProcess {
  const known = readers.get(repository);
  readers.delete(repository);
  const reader = known?.process.isOver === false ? known : startReader(repository);
  readers.set(repository, reader);
  reader.idle.refresh();
  const [oldest] = readers.keys();
  if (readers.size > MOST_AT_ONCE && oldest !== undefined) void endReader(oldest);
  return reader.process;
}

function startReader(repository: string) {
  const process = new BatchProcess(repository);
  const reader = { process, idle: setTimeout(() => void endReader(repository), IDLE_MS).unref() };
  void process.ended.then(() => {
    clearTimeout(reader.idle);
    if (readers.get(repository) === reader) readers.delete(repository);
  });
  return reader;
}

function endReader(repository: string): Promise<void> | undefined {
  const reader = readers.get(repository);
  readers.delete(repository);
  if (reader) clearTimeout(reader.idle);
  reader?.process.end();
  return reader?.process.ended;
}
