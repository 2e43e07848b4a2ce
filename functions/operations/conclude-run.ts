import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { gitlabCommitStatuses } from '../../shared/adapters/gitlab/commit-statuses.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { together } from '../../shared/application/in-parallel.ts';
import { type ReleaseLeaseDeps, releaseAllLeases } from '../../shared/application/release-leases.ts';
import { setCommitStatus } from '../../shared/application/set-commit-status.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { hasEnded, type Run } from '../../shared/domain/run.ts';
import { RunEnd, WhichRun } from '../../shared/domain/run-end.ts';
import type { CommitStatuses } from '../../shared/ports/gitlab.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { ModelRegistry } from '../../shared/ports/sagemaker.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type ConcludeRunDeps = ReleaseLeaseDeps & {
  runs: Pick<Runs, 'get' | 'find' | 'update'>;
  timeline: Pick<Timeline, 'record'>;
  registry: Pick<ModelRegistry, 'setApproval'>;
  statuses: CommitStatuses;
  publicUrl: string;
  now: () => string;
};

const Input = WhichRun.extend({ end: RunEnd });
const Conclusion = z.object({ outcome: z.enum(['live', 'superseded', 'ended-already']) });
type Conclusion = z.infer<typeof Conclusion>;

/** State `ConcludeRun` of model-lifecycle: the run is live everywhere, or a newer candidate took its place. */
export const step = defineStep({ input: Input, output: Conclusion, run: concludeRun });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  leases: dynamodbLeases(environment),
  registry: sagemakerModelRegistry(),
  statuses: gitlabCommitStatuses(connectGitlab(environment)),
  publicUrl: environment.publicUrl,
  now: systemTime,
}));

/** The run's status is written last: a repetition before that does all of it again, one after that does nothing. */
async function concludeRun(input: z.output<typeof Input>, deps: ConcludeRunDeps): Promise<Conclusion> {
  const run = await currentRun(deps.runs, input);
  if (hasEnded(run.status)) return { outcome: 'ended-already' };
  const { outcome, reasons } = input.end;
  if (outcome === 'live') await concludeLive(run, deps);
  else if (outcome === 'superseded') await concludeSuperseded(run, reasons, deps);
  else throw new ContractBroken(`A run does not conclude with ${outcome}. Look at the workflow's definition.`);
  return { outcome };
}

async function concludeLive(run: Run, deps: ConcludeRunDeps): Promise<void> {
  const version = run.registered?.version ?? 0;
  const summary = `Version ${version} is live in ${run.environments.join(', ')}.`;
  await together([
    releaseAllLeases(run, deps),
    setCommitStatus(deps.statuses, run, deps.publicUrl, 'success', summary),
    deps.timeline.record(describeEvent(run.runId, 'model-live', deps.now(), { summary, detail: { version } }), run),
  ]);
  await deps.runs.update(run.runId, { status: 'live', endedAt: deps.now() }, deps.now());
}

/** A version that a steward approved stays approved: it was good, only late. */
async function concludeSuperseded(run: Run, reasons: string[], deps: ConcludeRunDeps): Promise<void> {
  const summary = `Superseded. ${reasons[0] ?? 'A newer candidate took its place.'}`;
  await releaseAllLeases(run, deps);
  if (run.registered !== undefined && run.approval === undefined)
    await deps.registry.setApproval(run.registered.modelPackageArn, 'Rejected', summary);
  await setCommitStatus(deps.statuses, run, deps.publicUrl, 'canceled', summary);
  await deps.timeline.record(describeEvent(run.runId, 'run-superseded', deps.now(), { summary, detail: { reasons } }));
  await deps.runs.update(run.runId, { status: 'superseded', reasons, endedAt: deps.now() }, deps.now());
}
