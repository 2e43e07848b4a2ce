import * as z from 'zod';
import { type AutoCancel, ON_JOB_FAILURE, ON_NEW_COMMIT } from '../rows/pipelines.ts';
import { CiFileError } from './ci-file-error.ts';
import { readVariables } from './read-variables.ts';

const Rule = z.looseObject({
  when: z.string().optional(),
  variables: z.unknown().optional(),
  auto_cancel: z.unknown().optional(),
});
const Workflow = z.looseObject({
  name: z.string().optional(),
  rules: z.array(Rule).optional(),
  auto_cancel: z.unknown().optional(),
});
export type Workflow = z.infer<typeof Workflow>;

export function readWorkflow(value: unknown): Workflow {
  const workflow = Workflow.safeParse(value ?? {});
  if (!workflow.success) throw new CiFileError('workflow config should be a hash');
  readAutoCancel(workflow.data.auto_cancel);
  for (const rule of workflow.data.rules ?? []) readAutoCancel(rule.auto_cancel);
  return workflow.data;
}

/** What the rule that matched makes of the pipeline; undefined when there is to be none. */
export function applyWorkflow(workflow: Workflow, matched: (rule: number) => boolean) {
  const rule = workflow.rules?.find((_rule, index) => matched(index));
  if (workflow.rules && (!rule || rule.when === 'never')) return undefined;
  return {
    variables: readVariables(rule?.variables),
    autoCancel: readAutoCancel(rule?.auto_cancel ?? workflow.auto_cancel),
  };
}

function readAutoCancel(value: unknown): AutoCancel {
  const given = z.record(z.string(), z.unknown()).safeParse(value ?? {});
  if (!given.success) throw new CiFileError('workflow:auto_cancel config should be a hash');
  const { on_new_commit = 'conservative', on_job_failure = 'none', ...unknown } = given.data;
  if (Object.keys(unknown).length > 0)
    throw new CiFileError(`workflow:auto_cancel config contains unknown keys: ${Object.keys(unknown).join(', ')}`);
  return {
    on_new_commit: oneOf('on new commit', ON_NEW_COMMIT, on_new_commit),
    on_job_failure: oneOf('on job failure', ON_JOB_FAILURE, on_job_failure),
  };
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: unknown): T {
  const found = allowed.find((one) => one === value);
  if (!found) throw new CiFileError(`workflow:auto_cancel ${name} must be one of: ${allowed.join(', ')}`);
  return found;
}
