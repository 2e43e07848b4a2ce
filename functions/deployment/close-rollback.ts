import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { dynamodbRollbacks } from '../../shared/adapters/dynamodb/rollbacks.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { snsNotices } from '../../shared/adapters/sns/notices.ts';
import { type CloseRollbackDeps, closeRollback } from '../../shared/application/close-rollback.ts';
import { currentRollback } from '../../shared/application/current-rollback.ts';
import { describeFault } from '../../shared/domain/describe-fault.ts';
import { RollbackEnd, WhichRollback } from '../../shared/domain/run-end.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type CloseDeps = CloseRollbackDeps & { deployments: Pick<Deployments, 'find'> };

const Input = WhichRollback.extend({ restoration: z.enum(['untouched', 'restored', 'failed']), end: RollbackEnd });

/** State `CloseRollback` of endpoint-rollback: writes down how it ended, tells on-call, and hands the endpoint on. */
export const step = defineStep({ input: Input, output: z.object({}), run: close });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  rollbacks: dynamodbRollbacks(environment),
  leases: dynamodbLeases(environment),
  notices: snsNotices(environment),
  onboarding: onboardingRecords(environment),
  publicUrl: environment.publicUrl,
  now: systemTime,
}));

async function close(input: z.output<typeof Input>, deps: CloseDeps): Promise<Record<string, never>> {
  const { end, restoration } = input;
  const { deployment, rollback } = await currentRollback(deps.deployments, input);
  const failure =
    end.outcome === 'rolled-back' ? undefined : { reasons: describeFault(end), keepsPending: restoration === 'failed' };
  await closeRollback(deployment, rollback, failure, deps);
  return {};
}
