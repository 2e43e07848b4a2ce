import type { Deployment, Hold, Release, Rollback } from './deployment.ts';
import { WriteConflict } from './faults.ts';
import { checkFence, type FencedDeployment } from './move-deployment.ts';
import { rollbackIdOf } from './names.ts';
import type { GitlabUser } from './run.ts';

/** Who asks for something, why and when. */
export type PersonalWish = { by: GitlabUser; reason: string; at: string };

export type RollbackAnswer =
  | { outcome: 'begun' | 'under-way' | 'rolled-back-already'; rollback: Rollback }
  | { outcome: 'nothing-to-roll-back'; why: string };

export type ReleaseAnswer =
  | { outcome: 'released'; hold: Hold; deployment: Deployment }
  | { outcome: 'not-held' }
  | { outcome: 'under-way'; rollback: Rollback };

type Answered<Answer> = { record: FencedDeployment; answer: Answer };

/** Holds the environment and writes the rollback down, once: whoever asks again is told of the one that there is. */
export function beginRollback(record: FencedDeployment, { by, reason, at }: PersonalWish): Answered<RollbackAnswer> {
  const { deployment } = record;
  const { model, environment, live, former, hold, rollback: last } = deployment;
  if (last?.status === 'under-way') return { record, answer: { outcome: 'under-way', rollback: last } };
  if (last?.status === 'rolled-back' && hold !== undefined)
    return { record, answer: { outcome: 'rolled-back-already', rollback: last } };
  if (live === undefined || former === undefined)
    return { record, answer: { outcome: 'nothing-to-roll-back', why: whyNothing(deployment) } };
  const number = (last?.number ?? 0) + 1;
  const rollback: Rollback = {
    rollbackId: rollbackIdOf(model, environment, number, at),
    number,
    attempt: 1,
    by,
    reason,
    requestedAt: at,
    from: live,
    to: former,
    status: 'under-way',
    reasons: [],
  };
  const held: Hold = { by, reason, at, from: live.version, to: former.version };
  return { record: changed(record, { hold: held, rollback }), answer: { outcome: 'begun', rollback } };
}

function whyNothing({ model, environment, live, rolledBack }: Deployment): string {
  if (live === undefined) return `Nothing of ${model} is live in ${environment}, so there is nothing to roll back.`;
  if (rolledBack !== undefined)
    return `Version ${live.version} of ${model} in ${environment} is what version ${rolledBack.version} was rolled back to, and nothing before it is on record. Push a better version.`;
  return `Version ${live.version} of ${model} is the first that was live in ${environment}: there is no former one to go back to. Push a better version.`;
}

/** The former release is live again. It has no former itself; a repetition changes nothing. */
export function concludeRollback(
  record: FencedDeployment,
  fence: number,
  rollbackId: string,
  release: Release,
  at: string,
): FencedDeployment {
  checkFence(record, fence);
  const { pending: _pending, former: _former, rollback, ...rest } = record.deployment;
  if (rollback?.rollbackId !== rollbackId || rollback.status === 'failed')
    throw new WriteConflict(`The rollback ${rollbackId} is over. Look at the endpoint.`);
  if (rollback.status === 'rolled-back') return record;
  const ended: Rollback = { ...rollback, status: 'rolled-back', endedAt: at };
  return { fence, deployment: { ...rest, live: release, rolledBack: rollback.from, rollback: ended } };
}

/**
 * The rollback failed and the version that was to be left is live still, so roll-outs may go on. `pending` stays where the endpoint
 * could not be brought back, because it may stand on that.
 */
export function failRollback(
  record: FencedDeployment,
  rollbackId: string,
  end: { reasons: string[]; at: string; keepsPending: boolean },
): FencedDeployment {
  const { pending, hold: _hold, rollback, ...rest } = record.deployment;
  if (rollback?.rollbackId !== rollbackId || rollback.status !== 'under-way') return record;
  const ended: Rollback = { ...rollback, status: 'failed', reasons: end.reasons, endedAt: end.at };
  const stays = pending !== undefined && (end.keepsPending || pending.rollbackId !== rollbackId);
  return { fence: record.fence, deployment: { ...rest, rollback: ended, ...(stays && { pending }) } };
}

/** Counts the next execution of the workflow; of two who count at once the slower one changes nothing. */
export function resumeRollback(record: FencedDeployment, rollbackId: string, attempt: number): FencedDeployment {
  const { rollback } = record.deployment;
  if (rollback?.rollbackId !== rollbackId || rollback.status !== 'under-way' || rollback.attempt !== attempt)
    return record;
  return changed(record, { rollback: { ...rollback, attempt: attempt + 1 } });
}

/** Roll-outs may go on. What is live stays live. */
export function releaseHold(record: FencedDeployment, wish: PersonalWish): Answered<ReleaseAnswer> {
  const { hold, ...rest } = record.deployment;
  const { rollback } = rest;
  if (rollback?.status === 'under-way') return { record, answer: { outcome: 'under-way', rollback } };
  if (hold === undefined) return { record, answer: { outcome: 'not-held' } };
  const deployment = { ...rest, ...(rollback && { rollback: { ...rollback, released: wish } }) };
  return { record: { ...record, deployment }, answer: { outcome: 'released', hold, deployment } };
}

function changed(record: FencedDeployment, changes: Partial<Deployment>): FencedDeployment {
  return { ...record, deployment: { ...record.deployment, ...changes } };
}
