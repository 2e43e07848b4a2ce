import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { gitlabCommitStatuses } from '../../shared/adapters/gitlab/commit-statuses.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIssues } from '../../shared/adapters/gitlab/issues.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { readPolicy, readVerdict } from '../../shared/application/read-run-documents.ts';
import { rejectVersion } from '../../shared/application/reject-version.ts';
import { type ReleaseLeaseDeps, releaseAllLeases } from '../../shared/application/release-leases.ts';
import { setCommitStatus } from '../../shared/application/set-commit-status.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { DigestMismatch, NotFound } from '../../shared/domain/faults.ts';
import { hasEnded, type Run } from '../../shared/domain/run.ts';
import { RunEnd, WhichRun } from '../../shared/domain/run-end.ts';
import { issueMarkerOf, writeFeedbackIssue } from '../../shared/domain/write-feedback-issue.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { CommitStatuses, Issues } from '../../shared/ports/gitlab.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { ModelRegistry } from '../../shared/ports/sagemaker.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type RouteBackDeps = ReleaseLeaseDeps & {
  runs: Pick<Runs, 'get' | 'find' | 'update'>;
  timeline: Pick<Timeline, 'record'>;
  documents: Pick<Documents, 'read'>;
  registry: Pick<ModelRegistry, 'describe' | 'setApproval'>;
  issues: Issues;
  statuses: CommitStatuses;
  publicUrl: string;
  now: () => string;
};

const Input = WhichRun.extend({ end: RunEnd });

/** State `RouteBack` of model-lifecycle: the author hears what failed, in an issue, at the commit and in the registry. */
export const step = defineStep({ input: Input, output: z.object({ issueUrl: z.string() }), run: routeBack });

export const handler = lambdaStep(step, (environment) => {
  const gitlab = connectGitlab(environment);
  return {
    ...runRecords(environment),
    ...meetingPlace(environment),
    leases: dynamodbLeases(environment),
    documents: s3Documents(environment),
    registry: sagemakerModelRegistry(),
    issues: gitlabIssues(gitlab),
    statuses: gitlabCommitStatuses(gitlab),
    publicUrl: environment.publicUrl,
    now: systemTime,
  };
});

/** Every part finds what an earlier try did, so a repetition adds nothing; the run ends when all of them are done. */
async function routeBack(input: z.output<typeof Input>, deps: RouteBackDeps): Promise<{ issueUrl: string }> {
  const { documents, publicUrl, now } = deps;
  const { end } = input;
  const run = await currentRun(deps.runs, input);
  const reason = end.reasons[0] ?? `The run ended with ${end.outcome}.`;
  const labels = await labelsOf(run, documents);
  const verdict = run.verdict === undefined ? undefined : await readVerdict(documents, run);

  await releaseAllLeases(run, deps);
  await rejectVersion(run, reason, deps.registry);
  const issue = writeFeedbackIssue({ run, end, verdict, publicUrl });
  const { webUrl: issueUrl } = await deps.issues.openOnce(run.projectId, {
    marker: issueMarkerOf(run),
    ...issue,
    labels,
  });
  await setCommitStatus(deps.statuses, run, publicUrl, 'failed', reason);
  if (!hasEnded(run.status)) {
    const changes = { status: 'routed-back' as const, reasons: end.reasons, issueUrl, endedAt: now() };
    await deps.runs.update(run.runId, changes, now());
  }
  const detail = { outcome: end.outcome, reasons: end.reasons, issueUrl };
  await deps.timeline.record(
    describeEvent(run.runId, 'run-routed-back', now(), { summary: `Routed back to its author: ${reason}`, detail }),
  );
  return { issueUrl };
}

/** A policy that was tampered with is what blocked the run: its author hears of that without labels. */
async function labelsOf(run: Run, documents: RouteBackDeps['documents']): Promise<readonly string[]> {
  try {
    return (await readPolicy(documents, run)).feedback.issueLabels;
  } catch (error) {
    if (error instanceof DigestMismatch || error instanceof NotFound) return [];
    throw error;
  }
}
