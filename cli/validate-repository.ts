import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod';
import { onboardingRecords } from '../shared/adapters/onboarding-records.ts';
import { parsePolicyFile } from '../shared/adapters/policy-file.ts';
import { lineFinderOf } from '../shared/adapters/source-lines.ts';
import { checkRepository } from '../shared/application/check-repository.ts';
import { fillPlaceholders } from '../shared/domain/fill-placeholders.ts';
import { OnboardingRecord } from '../shared/domain/onboarding.ts';
import { problemLine } from '../shared/domain/problem.ts';
import { CliError } from './cli-error.ts';
import { codeOf, saidBy } from './error-facts.ts';
import type { Terminal } from './terminal.ts';

/** `onboarding` is a record's file, or false where the floors are left to the platform. */
type Options = { onboarding?: string | false | undefined; stage?: string | undefined };

/** These stand in roles and images, which no check of a repository looks at. */
const ANY_ACCOUNT = { accountId: '000000000000', region: 'eu-central-1', rolePath: '/' };

/** `mlops validate`: the checks and the sentences with which the platform accepts or refuses a commit. Answers the exit code. */
export async function validateRepository(folder: string, options: Options, terminal: Terminal): Promise<0 | 1> {
  const root = resolve(terminal.cwd, folder);
  await requireFolder(root);
  const readFileOf = (path: string) => readIfThere(resolve(root, path));
  const stage = options.stage ?? terminal.env.MLOPS_STAGE;
  const onboarding =
    typeof options.onboarding === 'string'
      ? await readOnboarding(resolve(terminal.cwd, options.onboarding), stage)
      : options.onboarding !== false && ownRecordOf(await readFileOf('mlops.yaml'), stage);
  const check = await checkRepository({
    readFile: readFileOf,
    parsePolicy: parsePolicyFile,
    lineFinderOf,
    onboarding: onboarding || undefined,
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

/**
 * The record that this copy of the platform keeps for the policy's model, if it does. The names of buckets depend on the stage: where
 * nobody says which, data may lie anywhere, and the floors hold all the same.
 */
function ownRecordOf(policyBytes: Uint8Array | undefined, stage: string | undefined): OnboardingRecord | undefined {
  const reading = policyBytes && parsePolicyFile(policyBytes);
  if (!reading || 'problems' in reading) return undefined;
  const record = onboardingRecords({ ...ANY_ACCOUNT, stage: stage ?? 'any' }).ofModel(reading.policy.model);
  return record && stage === undefined ? { ...record, dataLocations: ['s3://'] } : record;
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
