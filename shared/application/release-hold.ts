import type { Deployment } from '../domain/deployment.ts';
import { nameOf } from '../domain/describe-hold.ts';
import type { GitlabUser } from '../domain/run.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Rollbacks } from '../ports/rollbacks.ts';
import type { Timeline } from '../ports/runs.ts';
import { authorizeOperator } from './authorize-operator.ts';
import { recordOnBoth } from './record-on-both.ts';
import type { EnvironmentPlace, OperationResult } from './request-rollback.ts';

export type ReleaseHoldDeps = {
  onboarding: Pick<Onboarding, 'ofModel'>;
  /** Must ask GitLab anew: who may release is a question of this moment. */
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
  deployments: Pick<Deployments, 'find'>;
  rollbacks: Pick<Rollbacks, 'releaseHold'>;
  timeline: Pick<Timeline, 'record'>;
  now: () => string;
};

/** Lets runs roll out again to an environment that was rolled back, in somebody's name. What is live stays live. */
export async function releaseHold(
  { model, environment }: EnvironmentPlace,
  user: GitlabUser,
  reason: string,
  deps: ReleaseHoldDeps,
): Promise<OperationResult> {
  const record = deps.onboarding.ofModel(model);
  const authorization = await authorizeOperator(record, user.id, deps.memberships);
  if (authorization.outcome !== 'allowed') return authorization;
  const before = await deps.deployments.find(model, environment);
  if (before === undefined && !record?.floors.environments.includes(environment)) return { outcome: 'unknown' };
  const nothingToDo = `Nothing to do: ${model} in ${environment} is not held.`;
  if (before === undefined) return { outcome: 'already', sentence: nothingToDo };
  const wish = { by: user, reason, at: deps.now() };
  const answer = await deps.rollbacks.releaseHold(model, environment, wish);
  if (answer.outcome === 'under-way')
    return {
      outcome: 'refused',
      why: `A rollback of ${model} in ${environment} is under way. Release it when it has ended.`,
    };
  // A release that is on no timeline, because the function died between, is told of now.
  await tellOfRelease(answer.outcome === 'released' ? answer.deployment : before, deps);
  if (answer.outcome === 'not-held') return { outcome: 'already', sentence: nothingToDo };
  return { outcome: 'accepted', sentence: `${model} in ${environment} is released: runs may roll out again.` };
}

async function tellOfRelease({ environment, rollback }: Deployment, { timeline }: ReleaseHoldDeps): Promise<void> {
  if (rollback?.released === undefined) return;
  const { by, reason, at } = rollback.released;
  const actor = nameOf(by);
  const summary = `${actor} released ${environment}; runs may roll out again: ${reason}`;
  await recordOnBoth(rollback, 'hold-released', at, { summary, environment, actor }, timeline);
}
