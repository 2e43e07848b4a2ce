import type { RetrainingDue } from '../../events/contracts/retraining-due.ts';
import type { Case } from '../domain/case.ts';
import { addRetraining, noteUnchangedData, noteWaiting, wantsRetraining } from '../domain/case-changes.ts';
import { describeEvent } from '../domain/describe-event.ts';
import { ContractBroken } from '../domain/faults.ts';
import { NEWEST_RUNS } from '../domain/find-newer-candidate.ts';
import { retrainingKeyOf, runIdOf } from '../domain/names.ts';
import type { Policy } from '../domain/policy.ts';
import { hasEnded, isActive, type Run } from '../domain/run.ts';
import { bounded } from '../domain/run-end.ts';
import type { Cases, RetrainingLedgers } from '../ports/cases.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Documents, ObjectStore } from '../ports/documents.ts';
import type { Executions } from '../ports/executions.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs } from '../ports/runs.ts';
import { type CandidateSources, checkCandidate } from './check-candidate.ts';
import { type FulfilDutiesDeps, fulfilDuties } from './fulfil-duties.ts';
import { readPolicy } from './read-run-documents.ts';
import { dataDigestOf, resolveData } from './resolve-data.ts';
import { startAttempt } from './resume-run.ts';
import { driftSource, type ShowDriftDeps } from './show-drift.ts';

export type StartRetrainingDeps = CandidateSources &
  FulfilDutiesDeps &
  ShowDriftDeps & {
    cases: Pick<Cases, 'newest' | 'change'>;
    ledgers: RetrainingLedgers;
    deployments: Pick<Deployments, 'find'>;
    documents: Pick<Documents, 'read' | 'write'>;
    objects: Pick<ObjectStore, 'list'>;
    runs: Pick<Runs, 'get' | 'find' | 'create' | 'listByModel'>;
    executions: Pick<Executions, 'startLifecycle'>;
    onboarding: Pick<Onboarding, 'ofModel'>;
  };

/** What came of a window's wish. Whatever is not decided is tried again at the next window that breaches. */
export type RetrainingOutcome =
  | { outcome: 'started' | 'unchanged-data'; runId?: string }
  | { outcome: 'not-wanted' | 'not-now'; why: string };

/**
 * Trains the live version's commit again on the data of today, through the same lifecycle as any run. Run, budget and case carry the
 * same key, so that a repetition goes on where the former try was cut off.
 */
export async function startRetraining(due: RetrainingDue, deps: StartRetrainingDeps): Promise<RetrainingOutcome> {
  const current = await deps.cases.newest(due);
  if (current === undefined || current.caseId !== due.caseId) return notWanted('Another case has followed.');
  const live = (await deps.deployments.find(due.model, due.environment))?.live;
  if (live === undefined) return notWanted('Nothing is live there any more.');
  const liveRun = await deps.runs.get(live.runId);
  const policy = await readPolicy(deps.documents, liveRun);
  const tell = (changed: Case) => fulfilDuties(changed, driftSource(policy, deps), deps);

  if (!wantsRetraining(current, due.windowTo, deps.now())) {
    await tell(current);
    return notWanted('It was decided, the case is closed, silenced or stopped, or a newer window asks.');
  }
  const outcome = await decide(current, liveRun, policy, due.windowTo, deps);
  if (outcome.outcome === 'not-now') await deps.cases.change(current, (latest) => noteWaiting(latest, outcome.why));
  const changed = await deps.cases.newest(due);
  if (changed !== undefined) await tell(changed);
  return outcome;
}

function notWanted(why: string): RetrainingOutcome {
  return { outcome: 'not-wanted', why };
}

async function decide(
  current: Case,
  liveRun: Run,
  policy: Policy,
  windowTo: string,
  deps: StartRetrainingDeps,
): Promise<RetrainingOutcome> {
  const limits = policy.feedback.retrain;
  if (limits === undefined) return notWanted('The policy of the live version asks for none.');
  const runKey = retrainingKeyOf(liveRun.projectId, current.caseId, current.retrainings.length + 1, liveRun.commit);
  const runId = runIdOf(runKey);

  const others = await deps.runs.listByModel(current.model, NEWEST_RUNS);
  const busy = others.find((run) => run.runId !== runId && !hasEnded(run.status));
  if (busy !== undefined) return { outcome: 'not-now', why: `Run ${busy.runId} of the model has not ended.` };

  const resolved = await resolveData(policy.data, deps.objects);
  if ('problems' in resolved) return { outcome: 'not-now', why: resolved.problems.join(' ') };
  const dataDigest = dataDigestOf(resolved.data);
  const isOurs = others.some((run) => run.runId === runId);
  if (!isOurs && [liveRun, ...current.retrainings].some((trained) => trained.dataDigest === dataDigest)) {
    await deps.cases.change(current, (latest) => noteUnchangedData(latest, dataDigest, windowTo));
    return { outcome: 'unchanged-data' };
  }
  const startedAt = deps.now();
  const grant = await deps.ledgers.reserve(current.model, { runId, at: startedAt }, limits);
  if (grant.outcome === 'not-yet') return { outcome: 'not-now', why: grant.why };

  const run = (await deps.runs.find(runId)) ?? (await createRun(current, liveRun, runKey, startedAt, deps));
  if (isActive(run.status)) await startAttempt(run, deps.executions);
  const started = { runId, startedAt: run.acceptedAt, dataDigest: run.dataDigest ?? dataDigest };
  await deps.cases.change(current, (latest) => addRetraining(latest, started, windowTo));
  return { outcome: 'started', runId };
}

/** The candidate is checked like one of a pipeline: the platform's rules may have become stricter since. */
async function createRun(
  current: Case,
  liveRun: Run,
  runKey: string,
  acceptedAt: string,
  deps: StartRetrainingDeps,
): Promise<Run> {
  const record = deps.onboarding.ofModel(current.model);
  if (record === undefined) throw new ContractBroken(`${current.model} is not onboarded any more.`);
  const candidate = candidateOf(current, liveRun, runKey, acceptedAt);
  const { runId } = candidate;
  const check = await checkCandidate(candidate, record, deps, 'off');
  const detail = {
    caseId: current.caseId,
    ofRunId: liveRun.runId,
    ...(current.issue && { issueUrl: current.issue.webUrl }),
  };
  if (check.outcome === 'refused') {
    const reasons = bounded(check.reasons);
    const refused = { ...candidate, status: 'refused' as const, reasons, endedAt: acceptedAt };
    const event = describeEvent(runId, 'run-refused', acceptedAt, { summary: reasons.join(' '), detail });
    return (await deps.runs.create(refused, event)).run;
  }
  const summary = `Retraining for case ${current.caseId.slice(0, 8)}: ${current.environment} drifted, and commit ${liveRun.commit.slice(0, 12)} is trained again on the data of today.`;
  const event = describeEvent(runId, 'run-accepted', acceptedAt, { summary, detail });
  return (await deps.runs.create({ ...candidate, ...check.prepared }, event)).run;
}

/** People and pipeline are those of the live version's run: who wrote the commit may approve it now as little as then. */
function candidateOf(current: Case, liveRun: Run, runKey: string, acceptedAt: string): Omit<Run, 'sequence'> {
  const { model, projectId, projectPath, ref, commit, commitTitle, commitAuthor } = liveRun;
  const { pipelineId, pipelineUrl, triggeredBy } = liveRun;
  return {
    runId: runIdOf(runKey),
    runKey,
    model,
    attempt: 1,
    status: 'training',
    reasons: [],
    projectId,
    projectPath,
    ref,
    commit,
    commitTitle,
    commitAuthor,
    pipelineId,
    pipelineUrl,
    triggeredBy,
    origin: {
      kind: 'retraining',
      caseId: current.caseId,
      ofRunId: liveRun.runId,
      environment: current.environment,
      ...(current.issue && { issueUrl: current.issue.webUrl }),
    },
    acceptedAt,
    updatedAt: acceptedAt,
    environments: [],
  };
}
