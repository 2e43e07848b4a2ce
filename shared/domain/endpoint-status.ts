import * as z from 'zod';
import type { Deployment, Release } from './deployment.ts';
import { describeRollback } from './describe-hold.ts';
import { Timestamp } from './identifiers.ts';

const LiveVersion = z.object({ version: z.number().int(), runId: z.string(), commit: z.string(), at: Timestamp });

/** One environment as programs read it: what the endpoint's page answers to `Accept: application/json`. */
export const EndpointStatus = z.object({
  model: z.string(),
  environment: z.string(),
  live: LiveVersion.nullable(),
  former: LiveVersion.nullable(),
  /** No run rolls out while it is held. */
  hold: z.object({ by: z.string(), reason: z.string(), at: Timestamp, from: z.number(), to: z.number() }).nullable(),
  /** The newest one. `sentence` says how far it has come, or how it ended. */
  rollback: z
    .object({
      rollbackId: z.string(),
      status: z.enum(['under-way', 'rolled-back', 'failed']),
      from: z.number(),
      to: z.number(),
      sentence: z.string(),
    })
    .nullable(),
});
export type EndpointStatus = z.infer<typeof EndpointStatus>;

export function endpointStatusOf(
  model: string,
  environment: string,
  deployment: Deployment | undefined,
): EndpointStatus {
  const { live, former, hold, rollback } = deployment ?? {};
  return {
    model,
    environment,
    live: versionOf(live),
    former: versionOf(former),
    hold: hold === undefined ? null : { ...hold, by: hold.by.username },
    rollback:
      deployment === undefined || rollback === undefined
        ? null
        : {
            rollbackId: rollback.rollbackId,
            status: rollback.status,
            from: rollback.from.version,
            to: rollback.to.version,
            sentence: describeRollback(deployment, rollback),
          },
  };
}

function versionOf(release: Release | undefined) {
  if (release === undefined) return null;
  const { version, runId, commit, at } = release;
  return { version, runId, commit, at };
}
