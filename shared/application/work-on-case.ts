import type { Case, CaseKey } from '../domain/case.ts';
import { claimCase, releaseCase } from '../domain/case-worker.ts';
import { WriteConflict } from '../domain/faults.ts';
import type { Cases } from '../ports/cases.ts';

export type WorkOnCaseDeps = { cases: Pick<Cases, 'change'>; newId: () => string; now: () => string };

/**
 * Does `work` while nobody else works on the case, so that five who come at once open one issue and write one note.
 * @throws WriteConflict when somebody else has it in hand: come again
 */
export async function workOnCase(
  key: CaseKey,
  deps: WorkOnCaseDeps,
  work: (claimed: Case) => Promise<Case>,
): Promise<Case> {
  const by = deps.newId();
  const claimed = await deps.cases.change(key, (current) => claimCase(current, by, deps.now()));
  if (claimed.worker?.by !== by)
    throw new WriteConflict(`Somebody else is at work on case ${claimed.caseId}. Come again in a moment.`);
  try {
    await work(claimed);
  } catch (error) {
    await deps.cases.change(key, (current) => releaseCase(current, by));
    throw error;
  }
  return deps.cases.change(key, (current) => releaseCase(current, by));
}
