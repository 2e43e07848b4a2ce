import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, CaseKey } from '../domain/case.ts';
import { claimCase, releaseCase } from '../domain/case-worker.ts';
import { WriteConflict } from '../domain/faults.ts';
import type { Cases } from '../ports/cases.ts';

export type WorkOnCaseDeps = { cases: Pick<Cases, 'change'>; newId: () => string; now: () => string };

/** Work on a case takes a second or two; a message that comes in its way would else wait minutes for its next turn. */
const TRIES = 12;
const PAUSE_MILLISECONDS = 400;

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
  const claimed = await claim(key, by, deps);
  try {
    await work(claimed);
  } catch (error) {
    await deps.cases.change(key, (current) => releaseCase(current, by));
    throw error;
  }
  return deps.cases.change(key, (current) => releaseCase(current, by));
}

async function claim(key: CaseKey, by: string, { cases, now }: WorkOnCaseDeps): Promise<Case> {
  for (let attempt = 1; ; attempt += 1) {
    const claimed = await cases.change(key, (current) => claimCase(current, by, now()));
    if (claimed.worker?.by === by) return claimed;
    if (attempt === TRIES)
      throw new WriteConflict(`Somebody else is at work on case ${claimed.caseId}. Come again in a moment.`);
    await sleep(PAUSE_MILLISECONDS);
  }
}
