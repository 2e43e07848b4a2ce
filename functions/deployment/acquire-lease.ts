import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { newestOf } from '../../shared/domain/move-deployment.ts';
import { isRollbackId, subjects } from '../../shared/domain/names.ts';
import { WhichRun } from '../../shared/domain/run-end.ts';
import type { Deployments, Leases } from '../../shared/ports/deployments.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import { type AnswersTask, defineStep, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type AcquireLeaseDeps = AnswersTask & {
  runs: Pick<Runs, 'get'>;
  timeline: Pick<Timeline, 'record'>;
  deployments: Pick<Deployments, 'find'>;
  leases: Pick<Leases, 'acquire'>;
  rendezvous: Pick<Rendezvous, 'wait'>;
  now: () => string;
};

const Input = WhichRun.extend({ environment: z.string(), taskToken: z.string().min(1) });

/** State `AcquireLease` of endpoint-rollout: answers {outcome: acquired, fence} or {outcome: superseded}, with reasons. */
export const step = defineStep({ input: Input, output: z.void(), run: acquireLease });

export const handler = lambdaWaitStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  leases: dynamodbLeases(environment),
  now: systemTime,
}));

/**
 * Who holds the lease is on record before the task is answered, so a repetition answers the same. A run that is queued waits: where
 * the lease comes to it before its token is kept, it finds the signal.
 */
async function acquireLease(input: z.output<typeof Input>, deps: AcquireLeaseDeps): Promise<void> {
  const { now } = deps;
  const { environment, taskToken } = input;
  const run = await currentRun(deps.runs, input);
  const newest = newestOf((await deps.deployments.find(run.model, environment)) ?? {});
  if (newest !== undefined && newest.sequence > run.sequence) {
    const reasons = [
      `A newer candidate (version ${newest.version}) was live in ${environment} before; an older one never replaces it.`,
    ];
    return deps.answerTask(taskToken, { outcome: 'superseded', reasons });
  }
  const { runId, model, sequence } = run;
  const answer = await deps.leases.acquire({ model, environment, runId, sequence, now: now() });
  if (answer.outcome === 'granted')
    return deps.answerTask(taskToken, { outcome: 'acquired', fence: answer.fence, reasons: [] });
  await deps.rendezvous.wait(subjects.lease(model, environment, runId, run.attempt), taskToken, now());
  const holder = isRollbackId(answer.heldBy) ? 'a rollback' : `run ${answer.heldBy}`;
  const summary = `The endpoint in ${environment} is being moved by ${holder}; this run waits for its turn.`;
  await deps.timeline.record(
    describeEvent(runId, 'lease-awaited', now(), {
      summary,
      environment,
      again: run.attempt,
      detail: { heldBy: answer.heldBy },
    }),
  );
}
