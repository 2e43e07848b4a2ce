import { describeEvent } from '../domain/describe-event.ts';
import { WriteConflict } from '../domain/faults.ts';
import type { GitlabUser, Run } from '../domain/run.ts';
import { MAINTAINER, type Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs } from '../ports/runs.ts';
import { authorizeReader } from './authorize-reader.ts';
import { type ResumeRunDeps, resumeRun } from './resume-run.ts';

export type RetryRunDeps = ResumeRunDeps & {
  runs: Pick<Runs, 'find' | 'update'>;
  /** Must ask GitLab anew: who may retry is a question of this moment. */
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
};

export type RetryResult =
  | { outcome: 'retried'; run: Run }
  | { outcome: 'unknown' }
  | { outcome: 'not-allowed'; why: string }
  | { outcome: 'not-parked'; why: string };

/** Lets a parked run go on from its last good step, in the name of a Maintainer of its project. */
export async function retryRun(runId: string, user: GitlabUser, deps: RetryRunDeps): Promise<RetryResult> {
  const run = await deps.runs.find(runId);
  const record = run && deps.onboarding.ofModel(run.model);
  if (run === undefined || record === undefined) return { outcome: 'unknown' };
  if ((await authorizeReader(record, user.id, deps.memberships)) === undefined) return { outcome: 'unknown' };
  const level = (await deps.memberships.inProject(run.projectId, user.id)) ?? 0;
  if (level < MAINTAINER) {
    return {
      outcome: 'not-allowed',
      why: `Only a Maintainer of ${run.projectPath} lets a run go on. Ask one of them.`,
    };
  }
  if (run.status !== 'parked') return notParked(run);
  return goOn(run, user, deps);
}

async function goOn(run: Run, user: GitlabUser, deps: RetryRunDeps): Promise<RetryResult> {
  const actor = `${user.name} (@${user.username})`;
  const describe = ({ runId, attempt }: Run) => {
    const summary = `${actor} let the run go on (attempt ${attempt}).`;
    const detail = { by: user.id, attempt };
    return describeEvent(runId, 'run-retried', deps.now(), { summary, actor, detail, again: attempt });
  };
  try {
    return { outcome: 'retried', run: await resumeRun(run, describe, deps) };
  } catch (error) {
    // Two people pressed at once: the other one was faster.
    if (error instanceof WriteConflict) return notParked(run);
    throw error;
  }
}

function notParked(run: Run): RetryResult {
  return {
    outcome: 'not-parked',
    why: `Run ${run.runId} is not parked any more: somebody was faster, or it has ended. See its page.`,
  };
}
