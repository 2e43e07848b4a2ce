import { cpSync, existsSync, globSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gitText, runGit } from '../git/run-git.ts';
import type { JobDefinition } from '../rows/jobs.ts';

export const artifactsFolder = (stateDir: string, buildId: number) => join(stateDir, 'artifacts', String(buildId));

/** Copies what `artifacts:paths` names out of the job's folder. Returns the number of bytes, or null when nothing matched. */
export async function keepArtifacts(
  projectDir: string,
  target: string,
  wanted: JobDefinition['artifacts'],
  log: (line: string) => void,
): Promise<number | null> {
  const untracked = wanted.untracked ? await gitText(projectDir, ['ls-files', '-z', '--others']) : '';
  const excluded = new Set(globFiles(projectDir, wanted.exclude));
  const files = [...new Set([...globFiles(projectDir, wanted.paths, log), ...untracked.split('\0').filter(Boolean)])];
  rmSync(target, { recursive: true, force: true });
  let bytes: number | null = null;
  for (const file of files) {
    if (excluded.has(file)) continue;
    const from = join(projectDir, file);
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(from, join(target, file), { verbatimSymlinks: true });
    bytes = (bytes ?? 0) + lstatSync(from).size;
  }
  return bytes;
}

function globFiles(projectDir: string, patterns: readonly string[], log?: (line: string) => void): string[] {
  return patterns.flatMap((pattern) => {
    const found = globSync(pattern, { cwd: projectDir })
      .map((path) => relative(projectDir, join(projectDir, path)))
      .filter((path) => !path.startsWith('..') && path !== '.git' && !path.startsWith('.git/'));
    if (found.length === 0) log?.(`WARNING: ${pattern}: no matching files.`);
    return found.flatMap((path) => filesBelow(projectDir, path));
  });
}

function filesBelow(projectDir: string, path: string): string[] {
  if (!lstatSync(join(projectDir, path)).isDirectory()) return [path];
  return globSync('**/*', { cwd: join(projectDir, path) })
    .concat(globSync('**/.*', { cwd: join(projectDir, path) }))
    .map((inner) => join(path, inner))
    .filter((inner) => !lstatSync(join(projectDir, inner)).isDirectory());
}

/** Lays the artifacts of an earlier job into this job's folder. */
export function restoreArtifacts(folder: string, projectDir: string): boolean {
  if (!existsSync(folder)) return false;
  cpSync(folder, projectDir, { recursive: true, force: true, verbatimSymlinks: true });
  return true;
}

/** The artifacts as one zip, which git's archiver makes. */
export async function zipArtifacts(folder: string, scratch: string): Promise<Buffer> {
  mkdirSync(scratch, { recursive: true });
  try {
    await runGit(scratch, ['init', '--quiet', '--bare', '.']);
    const env = { GIT_DIR: scratch, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(scratch, 'index') };
    await runGit(folder, ['add', '--force', '--all', '.'], { env });
    const tree = (await gitText(folder, ['write-tree'], { env })).trim();
    return await runGit(scratch, ['archive', '--format=zip', tree]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** `KEY=value` lines of `artifacts:reports:dotenv`. */
export function readDotenv(projectDir: string, files: readonly string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const file of files) {
    if (!existsSync(join(projectDir, file))) continue;
    for (const line of readFileSync(join(projectDir, file), 'utf8').split('\n')) {
      const match = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line);
      if (match?.[1]) variables[match[1]] = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
    }
  }
  return variables;
}
