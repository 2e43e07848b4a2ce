import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { approvalOf, decisionOutcome, withDecision } from '../../domain/close-review.ts';
import { NotFound, WriteConflict } from '../../domain/faults.ts';
import { type Decision, Review } from '../../domain/review.ts';
import type { Reviews } from '../../ports/reviews.ts';
import { runKeyInTable, runUpdate } from './runs.ts';
import { queryShards, shardOf } from './shards.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable, type Write } from './table.ts';

const MAX_TRIES = 8;
/** Nobody may delete items of the table: the way to a closed review is marked, and goes by its time to live. */
const POINTER_KEPT_SECONDS = 24 * 3600;
const Pointer = z.object({ reviewId: z.string(), closed: z.boolean().default(false) });
const nowSeconds = () => Math.floor(Date.now() / 1000);

const keyOf = (reviewId: string): Key => ({ pk: `REVIEW#${reviewId}`, sk: 'REVIEW' });
const pointerKeyOf = (review: Review): Key => ({
  pk: `MODEL#${review.model}`,
  sk: `PENDING_REVIEW#${review.reviewId}`,
});

/** A pending review is found by its expiry (for the sweeper) and by its model; closing it closes both ways in the same transaction. */
export function dynamodbReviews(environment: { table: string }): Reviews {
  const table = openTable(environment.table);

  async function find(reviewId: string): Promise<Review | undefined> {
    const item = await table.get(keyOf(reviewId));
    return item && entityOf(Review, item);
  }

  async function get(reviewId: string): Promise<Review> {
    const review = await find(reviewId);
    if (review === undefined) throw new NotFound(`There is no review ${reviewId}.`);
    return review;
  }

  /** Replaces the pending review; a closed one stays. */
  const closing = (closed: Review): Write[] => [
    table.putWrite(
      { ...keyOf(closed.reviewId), entity: closed },
      'entity.#status = :pending',
      { ':pending': 'pending' },
      { '#status': 'status' },
    ),
    table.putWrite(
      {
        ...pointerKeyOf(closed),
        entity: { reviewId: closed.reviewId, closed: true },
        ttl: nowSeconds() + POINTER_KEPT_SECONDS,
      },
      'attribute_exists(pk)',
    ),
  ];

  function decisionWrites(review: Review, decision: Decision): Write[] {
    const vote = { pk: `REVIEW#${review.reviewId}`, sk: `VOTE#${decision.by.id}`, entity: decision };
    const writes = [...closing(withDecision(review, decision)), table.putWrite(vote, 'attribute_not_exists(pk)')];
    if (decision.outcome === 'rejected') return writes;
    const approval = runUpdate(review.runId, { approval: approvalOf(review, decision) }, decision.at);
    return [...writes, table.updateWrite(runKeyInTable(review.runId), approval)];
  }

  return {
    find,

    async open(review) {
      const index = {
        gsi1pk: shardOf('PENDING_REVIEW', review.reviewId),
        gsi1sk: `${review.expiresAt}#${review.reviewId}`,
      };
      const refusals = await table.transact(`Opening review ${review.reviewId}`, [
        table.putWrite({ ...keyOf(review.reviewId), entity: review, ...index }, 'attribute_not_exists(pk)'),
        table.putWrite({ ...pointerKeyOf(review), entity: { reviewId: review.reviewId } }, 'attribute_not_exists(pk)'),
      ]);
      return refusals === undefined ? review : get(review.reviewId);
    },

    async pendingOfModel(model) {
      const pointers = await table.queryPartition(`MODEL#${model}`, 'PENDING_REVIEW#');
      const open = pointers.map((pointer) => entityOf(Pointer, pointer)).filter((pointer) => !pointer.closed);
      const reviews = await Promise.all(open.map((pointer) => get(pointer.reviewId)));
      return reviews.filter((review) => review.status === 'pending');
    },

    async expired(now) {
      // `~` sorts after every id: a review that expires exactly now has expired.
      const items = await queryShards(table, 'PENDING_REVIEW', { before: `${now}~` });
      return items.map((item) => entityOf(Review, item)).filter((review) => review.status === 'pending');
    },

    async decide(reviewId, decision) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const review = await get(reviewId);
        const outcome = decisionOutcome(review, decision);
        if (outcome !== 'decided') return { outcome, review };
        const refusals = await table.transact(`Deciding review ${reviewId}`, decisionWrites(review, decision));
        if (refusals === undefined) return { outcome, review: withDecision(review, decision) };
        // The last write is the run's: when it alone refuses, the run has ended and reading again won't help.
        if (refusals.length === 4 && refusals[3] === 'ConditionalCheckFailed' && refusals[0] === 'None') {
          throw new WriteConflict(`Run ${review.runId} has ended; its review ${reviewId} can't be approved any more.`);
        }
        await pause(Math.random() * 20 * 2 ** tries);
      }
      throw new WriteConflict(`Others kept writing review ${reviewId}. Try again.`);
    },

    async close(reviewId, status, _at, supersededBy) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const review = await get(reviewId);
        if (review.status !== 'pending') return 'already-closed';
        const closed: Review = { ...review, status, ...(supersededBy !== undefined && { supersededBy }) };
        if ((await table.transact(`Closing review ${reviewId}`, closing(closed))) === undefined) return 'closed';
        await pause(Math.random() * 20 * 2 ** tries);
      }
      throw new WriteConflict(`Others kept writing review ${reviewId}. Try again.`);
    },
  };
}
