import { claimLease, FREE_LEASE, type Lease, releaseLease } from '../../shared/domain/grant-lease.ts';
import type { Leases } from '../../shared/ports/deployments.ts';

export function fakeLeases(): Leases {
  const leases = new Map<string, Lease>();
  const keyOf = (model: string, environment: string) => `${model}/${environment}`;
  return {
    async acquire({ model, environment, runId, sequence, now }) {
      const key = keyOf(model, environment);
      const { lease, answer } = claimLease(leases.get(key) ?? FREE_LEASE, { runId, sequence, since: now });
      leases.set(key, lease);
      return answer;
    },
    async release(model, environment, runId) {
      const key = keyOf(model, environment);
      const { lease, next } = releaseLease(leases.get(key) ?? FREE_LEASE, runId);
      leases.set(key, lease);
      return next ? { next } : {};
    },
  };
}
