import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { currentRollback } from '../../shared/application/current-rollback.ts';
import { subjects } from '../../shared/domain/names.ts';
import { WhichRollback } from '../../shared/domain/run-end.ts';
import type { Deployments, Leases } from '../../shared/ports/deployments.ts';
import type { Rendezvous } from '../../shared/ports/rendezvous.ts';
import { type AnswersTask, defineStep, lambdaWaitStep } from '../../shared/runtime/lambda-step.ts';

export type AcquireRollbackLeaseDeps = AnswersTask & {
  deployments: Pick<Deployments, 'find'>;
  leases: Pick<Leases, 'acquire'>;
  rendezvous: Pick<Rendezvous, 'wait'>;
  now: () => string;
};

const Input = WhichRollback.extend({ taskToken: z.string().min(1) });

/** State `AcquireRollbackLease` of endpoint-rollback: answers {outcome: acquired, fence, reasons} when no run moves the endpoint. */
export const step = defineStep({ input: Input, output: z.void(), run: acquireRollbackLease });

export const handler = lambdaWaitStep(step, (environment) => ({
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  leases: dynamodbLeases(environment),
  now: systemTime,
}));

async function acquireRollbackLease(input: z.output<typeof Input>, deps: AcquireRollbackLeaseDeps): Promise<void> {
  const { now } = deps;
  const { model, environment, rollbackId, taskToken } = input;
  const { rollback } = await currentRollback(deps.deployments, input);
  const { sequence } = rollback.to;
  const answer = await deps.leases.acquire({ model, environment, runId: rollbackId, sequence, now: now() });
  if (answer.outcome === 'granted')
    return deps.answerTask(taskToken, { outcome: 'acquired', fence: answer.fence, reasons: [] });
  await deps.rendezvous.wait(subjects.rollbackLease(model, environment, rollbackId), taskToken, now());
}
