import type { Rollback } from '../domain/deployment.ts';
import { describeRollback, nameOf } from '../domain/describe-hold.ts';
import { executionNameOf } from '../domain/names.ts';
import type { GitlabUser } from '../domain/run.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { RollbackExecutions, Rollbacks } from '../ports/rollbacks.ts';
import type { Timeline } from '../ports/runs.ts';
import { authorizeOperator } from './authorize-operator.ts';
import { recordOnBoth } from './record-on-both.ts';

export type RequestRollbackDeps = {
  onboarding: Pick<Onboarding, 'ofModel'>;
  /** Must ask GitLab anew: who may roll back is a question of this moment. */
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
  deployments: Pick<Deployments, 'find'>;
  rollbacks: Pick<Rollbacks, 'begin'>;
  rollbackExecutions: Pick<RollbackExecutions, 'start'>;
  timeline: Pick<Timeline, 'record'>;
  now: () => string;
};

export type EnvironmentPlace = { model: string; environment: string };

export type OperationResult =
  | { outcome: 'accepted' | 'already'; sentence: string; rollbackId?: string }
  | { outcome: 'unknown' }
  | { outcome: 'not-allowed' | 'refused'; why: string };

/**
 * Begins the way back to the former version, in somebody's name. Who asks while one is under way, or after it, is told of that one.
 * It is on record before the workflow starts; one that could then not be started is started by the sweeper.
 */
export async function requestRollback(
  place: EnvironmentPlace,
  user: GitlabUser,
  reason: string,
  deps: RequestRollbackDeps,
): Promise<OperationResult> {
  const { model, environment } = place;
  const record = deps.onboarding.ofModel(model);
  const authorization = await authorizeOperator(record, user.id, deps.memberships);
  if (authorization.outcome !== 'allowed') return authorization;
  const deployment = await deps.deployments.find(model, environment);
  if (deployment === undefined) {
    if (!record?.floors.environments.includes(environment)) return { outcome: 'unknown' };
    return {
      outcome: 'refused',
      why: `Nothing of ${model} is live in ${environment}, so there is nothing to roll back.`,
    };
  }
  const answer = await deps.rollbacks.begin(model, environment, { by: user, reason, at: deps.now() });
  if (answer.outcome === 'nothing-to-roll-back') return { outcome: 'refused', why: answer.why };
  const { rollback } = answer;
  const { rollbackId } = rollback;
  if (answer.outcome === 'rolled-back-already') {
    const sentence = `Nothing to do: ${describeRollback(deployment, rollback)} ${nameOf(rollback.by)} rolled it back.`;
    return { outcome: 'already', sentence, rollbackId };
  }
  await startRollback(place, rollback, deps);
  const { from, to } = rollback;
  const sentence =
    answer.outcome === 'begun'
      ? `${model} in ${environment} goes back from version ${from.version} to version ${to.version}.`
      : `A rollback is under way already, asked for by ${nameOf(rollback.by)}. ${describeRollback(deployment, rollback)}`;
  return { outcome: answer.outcome === 'begun' ? 'accepted' : 'already', sentence, rollbackId };
}

async function startRollback(
  { model, environment }: EnvironmentPlace,
  rollback: Rollback,
  { timeline, rollbackExecutions }: RequestRollbackDeps,
): Promise<void> {
  const { rollbackId, attempt, by, reason, requestedAt, from, to } = rollback;
  const actor = nameOf(by);
  const summary = `${actor} rolls version ${from.version} in ${environment} back to version ${to.version}: ${reason}`;
  await recordOnBoth(rollback, 'rollback-requested', requestedAt, { summary, environment, actor }, timeline);
  await rollbackExecutions.start(executionNameOf(rollbackId, attempt), { rollbackId, model, environment, attempt });
}
