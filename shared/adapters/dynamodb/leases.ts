import { claimLease, FREE_LEASE, Lease, type LeaseAnswer, releaseLease } from '../../domain/grant-lease.ts';
import type { Leases } from '../../ports/deployments.ts';
import { revise } from './revise.ts';
import { type Key, openTable } from './table.ts';

export function dynamodbLeases(environment: { table: string }): Leases {
  const table = openTable(environment.table);
  const keyOf = (model: string, name: string): Key => ({ pk: `MODEL#${model}`, sk: `LEASE#${name}` });
  return {
    async acquire({ model, environment: name, runId, sequence, now }) {
      let answer: LeaseAnswer = { outcome: 'queued', heldBy: '' };
      await revise(table, keyOf(model, name), Lease, (lease = FREE_LEASE) => {
        const claimed = claimLease(lease, { runId, sequence, since: now });
        answer = claimed.answer;
        return claimed.lease;
      });
      return answer;
    },
    async release(model, name, runId) {
      let next: { runId: string; fence: number } | undefined;
      await revise(table, keyOf(model, name), Lease, (lease = FREE_LEASE) => {
        const released = releaseLease(lease, runId);
        next = released.next;
        return released.lease;
      });
      return next === undefined ? {} : { next };
    },
  };
}
