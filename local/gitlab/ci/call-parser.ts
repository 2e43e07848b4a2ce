import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod';
import { gitEnvironment } from '../git/run-git.ts';
import { CiFileError } from './ci-file-error.ts';
import type { RunsFor } from './only-except.ts';

/** The parser was ended from outside: nothing is known of the file. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export interface ParseRequest {
  /** A checkout of the commit, whose `origin` is the project's address. */
  checkout: string;
  scratch: string;
  /** Outlives the request: the compiled parser, which else takes an eighth of each reading to compile. */
  cacheFolder: string;
  ciFile: string;
  variables: Record<string, string>;
  unset: string[];
  /** For `include: project`, which is fetched over HTTP as the pipeline's user. */
  serverUrl: string;
  jobToken: string;
  /** False when there is nothing to compare with: then `rules:changes` is true, as in GitLab. */
  compareChanges: boolean;
  pipeline: RunsFor;
}

const parserPath = join(
  dirname(createRequire(import.meta.url).resolve('gitlab-ci-local/package.json')),
  'dist',
  'index.js',
);

/** An expression of `rules:if` may never end; other pipelines wait meanwhile. */
const LONGEST_READING_MS = 30_000;

/** Runs `gitlab-ci-local` in the checkout; what it refuses is told in GitLab's words. */
export function callParser(request: ParseRequest, file: string, mode: '--preview' | '--list-json'): Promise<string> {
  const args = [
    parserPath,
    mode,
    '--file',
    file,
    '--state-dir',
    '../parser-state',
    '--home',
    request.scratch,
    '--no-json-schema-validation',
    '--no-color',
  ];
  if (!request.compareChanges) args.push('--no-evaluate-rule-changes');
  for (const [key, value] of Object.entries(request.variables)) args.push('--variable', `${key}=${value}`);
  for (const key of request.unset) args.push('--unset-variable', key);
  args.push('--ignore-predefined-vars', Object.keys(request.variables).join(','));
  const credentials = Buffer.from(`gitlab-ci-token:${request.jobToken}`).toString('base64');
  const env = {
    ...gitEnvironment(),
    HOME: request.scratch,
    USER: 'gitlab-runner',
    NODE_COMPILE_CACHE: request.cacheFolder,
    GIT_CONFIG_COUNT: '4',
    GIT_CONFIG_KEY_1: `http.${request.serverUrl}/.extraHeader`,
    GIT_CONFIG_VALUE_1: `Authorization: Basic ${credentials}`,
    GIT_CONFIG_KEY_2: 'user.name',
    GIT_CONFIG_VALUE_2: 'GitLab',
    GIT_CONFIG_KEY_3: 'user.email',
    GIT_CONFIG_VALUE_3: 'gitlab@localhost',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: request.checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LONGEST_READING_MS);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', (cause) => reject(new CiFileError(`the CI file could not be read: ${cause.message}`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(out);
      else if (late) reject(new CiFileError('Reading of the CI file took too long; look for a rule that never ends'));
      else if (signal) reject(new InterruptedError(`the reading of the CI file was ended by ${signal}`));
      else reject(new CiFileError(readableError(err || out).replace('STAGES', () => stagesOf(request).join(', '))));
    });
  });
}

/** What the parser says, and what GitLab says of the same fault. */
const IN_GITLABS_WORDS: [RegExp, string][] = [
  [/^stage:(\S+) not found for (.+)$/, '$2 job: chosen stage $1 does not exist; available stages are STAGES'],
  [/^needs: \[(.+)\] for (.+) could not be found$/, '$2 job: undefined need: $1'],
  [/^dependencies: \[(.+)\] for (.+) could not be found$/, '$2 job: undefined dependency: $1'],
  [/^(.+) must have script specified$/, 'jobs:$1 config should implement the script:, run:, or trigger: keyword'],
  [/^(.+) is unspecified, used by (.+) extends$/, '$2: unknown keys in `extends` ($1)'],
  [
    /^(.+) has empty script$/,
    'jobs:$1:script config should be a string or a nested array of strings up to 10 levels deep',
  ],
  [/^(\S+) artifacts\.(\w+) must be an array$/, 'jobs:$1:artifacts $2 should be an array of strings'],
  [
    /^stages: must be an array$/,
    'stages config should be an array of strings or a nested array of strings up to 10 levels deep',
  ],
  [/^Local include file cannot be found (.+)$/, 'Local file `$1` does not exist!'],
  [/^Error attempting to evaluate the following rules:[\s\S]*$/, 'rules:rule if invalid expression syntax'],
  [/^YAMLException: /, '(<unknown>): '],
];

const NOISE =
  /Unable to retrieve default|Command failed with exit code|fatal: ref refs\/remotes|Using fallback|^\s*at |parsing and downloads|^\s*$/;

const DEFAULT_STAGES = ['build', 'test', 'deploy'];

/** The stages that the file may name; of a file that does not parse, those of one that names none. */
function stagesOf(request: ParseRequest): string[] {
  let file: unknown;
  try {
    file = load(readFileSync(join(request.checkout, request.ciFile), 'utf8'));
  } catch {
    file = undefined; // the parser has said what is wrong with it
  }
  const parsed = z.object({ stages: z.array(z.string()) }).safeParse(file);
  return ['.pre', ...(parsed.success ? parsed.data.stages : DEFAULT_STAGES), '.post'];
}

/** What the parser says, without its own chatter and stack. */
function readableError(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is removed
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  const lines = plain.split('\n').filter((line) => !NOISE.test(line));
  const told = lines.join('\n').slice(0, 2000) || 'the CI file could not be read';
  for (const [pattern, sentence] of IN_GITLABS_WORDS) if (pattern.test(told)) return told.replace(pattern, sentence);
  return told;
}
