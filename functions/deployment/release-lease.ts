import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { type ReleaseLeaseDeps, releaseLease } from '../../shared/application/release-leases.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import type { Run } from '../../shared/domain/run.ts';
import { RunEnd, WhichRelease } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type CloseRolloutDeps = ReleaseLeaseDeps & {
  runs: Pick<Runs, 'get' | 'find'>;
  timeline: Pick<Timeline, 'record'>;
  deployments: Pick<Deployments, 'find' | 'abandon'>;
};

const Input = WhichRelease.extend({ restoration: z.enum(['untouched', 'restored', 'failed']), end: RunEnd });
type Input = z.output<typeof Input>;

/** State `ReleaseLease` of endpoint-rollout: writes down how the roll-out ended and hands the endpoint to the next run. */
export const step = defineStep({ input: Input, output: z.object({}), run: closeRollout });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  leases: dynamodbLeases(environment),
  now: systemTime,
}));

/** Also for an attempt that is over: whatever it held, it lets go of. */
async function closeRollout(input: Input, deps: CloseRolloutDeps): Promise<Record<string, never>> {
  const run = await deps.runs.get(input.runId);
  if (input.restoration === 'restored') await forgetPending(run, input, deps);
  if (input.end.outcome === 'failed' || input.end.outcome === 'blocked') await recordFailure(run, input, deps);
  if (run.attempt === input.attempt) await releaseLease(run.model, input.environment, run.runId, deps);
  return {};
}

/** The endpoint stands where it stood, so what it was to become is no longer pending. */
async function forgetPending(run: Run, { environment, fence, attempt }: Input, deps: CloseRolloutDeps): Promise<void> {
  const deployment = await deps.deployments.find(run.model, environment);
  if (deployment?.pending?.runId !== run.runId) return;
  await deps.deployments.abandon(run.model, environment, fence);
  const { live } = deployment;
  const summary = live
    ? `The endpoint in ${environment} serves version ${live.version} again.`
    : `The endpoint in ${environment} was taken away: nothing was live there before.`;
  await deps.timeline.record(
    describeEvent(run.runId, 'endpoint-restored', deps.now(), { summary, environment, again: attempt }),
  );
}

async function recordFailure(run: Run, { environment, attempt, end }: Input, deps: CloseRolloutDeps): Promise<void> {
  const summary =
    `The roll-out to ${environment} ${end.outcome === 'blocked' ? 'was blocked' : 'failed'}. ${end.reasons[0] ?? ''}`.trim();
  const detail = { outcome: end.outcome, reasons: end.reasons };
  await deps.timeline.record(
    describeEvent(run.runId, 'rollout-failed', deps.now(), { summary, environment, again: attempt, detail }),
    run,
  );
}
