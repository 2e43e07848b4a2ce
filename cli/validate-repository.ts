import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod';
import { parsePolicyFile } from '../shared/adapters/policy-file.ts';
import { lineFinderOf } from '../shared/adapters/source-lines.ts';
import { checkRepository } from '../shared/application/check-repository.ts';
import { fillPlaceholders } from '../shared/domain/fill-placeholders.ts';
import { OnboardingRecord } from '../shared/domain/onboarding.ts';
import { problemLine } from '../shared/domain/problem.ts';
import { CliError } from './cli-error.ts';
import { codeOf, saidBy } from './error-facts.ts';
import type { Terminal } from './terminal.ts';

type Options = { onboarding?: string | undefined; stage?: string | undefined };

/** These stand in roles and images, which no check of a repository looks at. */
const ANY_ACCOUNT = { accountId: '000000000000', region: 'eu-central-1', rolePath: '/' };

/** `mlops validate`: the checks and the sentences with which the platform accepts or refuses a commit. Answers the exit code. */
export async function validateRepository(folder: string, options: Options, terminal: Terminal): Promise<0 | 1> {
  const root = resolve(terminal.cwd, folder);
  await requireFolder(root);
  const onboarding =
    options.onboarding === undefined
      ? undefined
      : await readOnboarding(resolve(terminal.cwd, options.onboarding), options.stage ?? terminal.env.MLOPS_STAGE);
  const check = await checkRepository({
    readFile: (path) => readIfThere(resolve(root, path)),
    parsePolicy: parsePolicyFile,
    lineFinderOf,
    onboarding,
  });
  if (check.outcome === 'refused') {
    for (const problem of check.problems) terminal.error(problemLine(problem));
    return 1;
  }
  const { policy, definition } = check;
  const floors = onboarding ? ", at or above the platform's floors" : '';
  terminal.out(
    `ok: ${policy.model}, ${policy.evaluation.gates.length} gates, ${definition.Steps.length} steps, environments ${policy.environments.map(({ name }) => name).join(' → ')}${floors}`,
  );
  return 0;
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new CliError(`There is no folder ${folder}: name the folder of an ML repository.`);
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw new CliError(`${file} can't be read: ${saidBy(error)}.`, { cause: error });
  }
}

async function readOnboarding(file: string, stage: string | undefined): Promise<OnboardingRecord> {
  const bytes = await readIfThere(file);
  if (!bytes)
    throw new CliError(`There is no onboarding record ${file}: name a file of the platform's folder onboarding/.`);
  if (stage === undefined)
    throw new CliError('An onboarding record has a place for the stage: give it with --stage, or by MLOPS_STAGE.');
  const parsed = OnboardingRecord.safeParse(fillPlaceholders(parseYaml(file, bytes), { ...ANY_ACCOUNT, stage }));
  if (!parsed.success)
    throw new CliError(`The onboarding record ${file} is not as agreed: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseYaml(file: string, bytes: Uint8Array): unknown {
  try {
    return load(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new CliError(`The onboarding record ${file} is not YAML: ${saidBy(error)}`, { cause: error });
  }
}
