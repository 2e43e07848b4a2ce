import * as z from 'zod';
import { Timestamp } from './identifiers.ts';

const Claim = z.object({ runId: z.string(), sequence: z.number().int(), since: Timestamp });

/** Who moves an endpoint, and who waits for it. The fence rises with every grant. */
export const Lease = z.object({ fence: z.number().int().min(0), holder: Claim.optional(), queue: z.array(Claim) });
export type Lease = z.infer<typeof Lease>;
type Claim = z.infer<typeof Claim>;

export const FREE_LEASE: Lease = { fence: 0, queue: [] };

export type LeaseAnswer = { outcome: 'granted'; fence: number } | { outcome: 'queued'; heldBy: string };

/** Grants the free lease, or the one that the run holds already under its old fence; else queues the run once. */
export function claimLease(lease: Lease, claim: Claim): { lease: Lease; answer: LeaseAnswer } {
  const { holder } = lease;
  if (holder === undefined) {
    const fence = lease.fence + 1;
    const queue = lease.queue.filter((waiting) => waiting.runId !== claim.runId);
    return { lease: { fence, holder: claim, queue }, answer: { outcome: 'granted', fence } };
  }
  if (holder.runId === claim.runId) return { lease, answer: { outcome: 'granted', fence: lease.fence } };
  const answer: LeaseAnswer = { outcome: 'queued', heldBy: holder.runId };
  if (lease.queue.some((waiting) => waiting.runId === claim.runId)) return { lease, answer };
  return { lease: { ...lease, queue: [...lease.queue, claim] }, answer };
}

/** The holder hands over to the one that waited longest; a run that only waits leaves the queue. Of any other, nothing changes. */
export function releaseLease(lease: Lease, runId: string): { lease: Lease; next?: { runId: string; fence: number } } {
  const queue = lease.queue.filter((waiting) => waiting.runId !== runId);
  if (lease.holder?.runId !== runId)
    return { lease: queue.length === lease.queue.length ? lease : { ...lease, queue } };
  const [next, ...rest] = queue;
  if (next === undefined) return { lease: { fence: lease.fence, queue: rest } };
  const fence = lease.fence + 1;
  return { lease: { fence, holder: next, queue: rest }, next: { runId: next.runId, fence } };
}
