import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { gitlabCommitStatuses } from '../../shared/adapters/gitlab/commit-statuses.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { snsNotices } from '../../shared/adapters/sns/notices.ts';
import { type ParkRunDeps, parkRun } from '../../shared/application/park-run.ts';
import { describeFault } from '../../shared/domain/describe-fault.ts';
import { RunEnd, WhichRun } from '../../shared/domain/run-end.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

const Input = WhichRun.extend({ end: RunEnd });

/** State `ParkRun` of model-lifecycle: faults go to on-call, and the run waits for a person. */
export const step = defineStep({ input: Input, output: z.object({ outcome: z.enum(['parked', 'over']) }), run: park });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  leases: dynamodbLeases(environment),
  notices: snsNotices(environment),
  statuses: gitlabCommitStatuses(connectGitlab(environment)),
  onboarding: onboardingRecords(environment),
  publicUrl: environment.publicUrl,
  now: systemTime,
}));

/** An attempt that a later one has replaced has nothing to say any more. */
async function park(input: z.output<typeof Input>, deps: ParkRunDeps): Promise<{ outcome: 'parked' | 'over' }> {
  const run = await deps.runs.get(input.runId);
  if (run.attempt !== input.attempt) return { outcome: 'over' };
  return { outcome: await parkRun(run, describeFault(input.end), deps) };
}
