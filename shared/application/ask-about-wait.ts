import { isRollbackId, placeOfEndpointName, subjects } from '../domain/names.ts';
import { hasEnded } from '../domain/run.ts';
import type { Leases } from '../ports/deployments.ts';
import type { Rendezvous } from '../ports/rendezvous.ts';
import type { Reviews } from '../ports/reviews.ts';
import { type ReleaseLeaseDeps, releaseLease } from './release-leases.ts';
import { type SettleEndpointDeps, settleEndpoint } from './settle-endpoint.ts';
import { type SettleReviewDependencies, settleReview } from './settle-review.ts';
import { type SettleTrainingDeps, settleTraining } from './settle-training.ts';

export type AskAboutWaitDeps = SettleTrainingDeps &
  SettleEndpointDeps &
  SettleReviewDependencies &
  ReleaseLeaseDeps & {
    rendezvous: Pick<Rendezvous, 'signal' | 'redeliver'>;
    reviews: Pick<Reviews, 'find'>;
    leases: Leases;
    stage: string;
  };

/** Asks the source of truth about what somebody has waited for too long, and wakes them if it has come true. */
export async function askAboutWait(subject: string, deps: AskAboutWaitDeps): Promise<void> {
  if ((await deps.rendezvous.redeliver(subject)) === 'delivered') return;
  const separator = subject.indexOf('/');
  const [kind, name] = [subject.slice(0, separator), subject.slice(separator + 1)];
  if (kind === 'training' && name.startsWith('arn:')) await settleTraining(name, deps);
  if (kind === 'review') await askAboutReview(name, deps);
  if (kind === 'endpoint') await askAboutEndpoint(name, deps);
  if (kind === 'lease') await askAboutLease(name, deps);
}

async function askAboutReview(reviewId: string, deps: AskAboutWaitDeps): Promise<void> {
  const review = await deps.reviews.find(reviewId);
  if (review !== undefined) await settleReview(review, deps);
}

async function askAboutEndpoint(name: string, deps: AskAboutWaitDeps): Promise<void> {
  const [endpointName = ''] = name.split('/');
  const place = placeOfEndpointName(deps.stage, endpointName);
  if (place !== undefined) await settleEndpoint(place.model, place.environment, deps);
}

/** The holder may have ended without letting go; then the lease goes on to whoever waits. */
async function askAboutLease(name: string, deps: AskAboutWaitDeps): Promise<void> {
  const [model = '', environment = '', holderId = '', attempt = ''] = name.split('/');
  const place = { model, environment };
  const sequence = await sequenceOf(place, holderId, Number(attempt), deps);
  if (sequence === undefined) return;
  const answer = await deps.leases.acquire({ ...place, runId: holderId, sequence, now: deps.now() });
  if (answer.outcome === 'granted') {
    const output = { outcome: 'acquired', fence: answer.fence, reasons: [] };
    await deps.rendezvous.signal(subjects.lease(model, environment, holderId, Number(attempt)), { output }, deps.now());
    return;
  }
  if (await isOver(place, answer.heldBy, deps)) await releaseLease(model, environment, answer.heldBy, deps);
}

type Place = { model: string; environment: string };

/** The sequence of the candidate that waits; `undefined` where nobody waits any more. */
async function sequenceOf(
  place: Place,
  holderId: string,
  attempt: number,
  deps: AskAboutWaitDeps,
): Promise<number | undefined> {
  if (isRollbackId(holderId)) return (await rollbackUnderWay(place, holderId, deps))?.to.sequence;
  const waiting = await deps.runs.find(holderId);
  if (waiting === undefined || waiting.attempt !== attempt || hasEnded(waiting.status)) return undefined;
  return waiting.sequence;
}

async function isOver(place: Place, holderId: string, deps: AskAboutWaitDeps): Promise<boolean> {
  if (isRollbackId(holderId)) return (await rollbackUnderWay(place, holderId, deps)) === undefined;
  const holder = await deps.runs.find(holderId);
  return holder === undefined || hasEnded(holder.status) || holder.status === 'parked';
}

async function rollbackUnderWay({ model, environment }: Place, rollbackId: string, { deployments }: AskAboutWaitDeps) {
  const rollback = (await deployments.find(model, environment))?.rollback;
  return rollback?.rollbackId === rollbackId && rollback.status === 'under-way' ? rollback : undefined;
}
