import * as z from 'zod';
import { EnvironmentName, ModelName } from './identifiers.ts';

/** Sentences for people, as a run keeps them. */
const MOST_REASONS = 20;
const LONGEST_REASON = 1000;

/** Bounded, so that what a workflow carries from state to state stays far below its limit of 256 KiB. */
export function bounded(reasons: readonly string[]): string[] {
  const kept = reasons.filter((reason) => reason.trim() !== '').map((reason) => cut(reason, LONGEST_REASON));
  if (kept.length <= MOST_REASONS) return kept;
  const more = kept.length - MOST_REASONS + 1;
  return [...kept.slice(0, MOST_REASONS - 1), `… and ${more} more; see the run's page.`];
}

/** The first of the reasons that fit into so many bytes of JSON, and how many more there are. */
export function fitted(reasons: readonly string[], mostBytes: number): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const reason of bounded(reasons)) {
    bytes += new TextEncoder().encode(JSON.stringify(reason)).byteLength + 1;
    if (bytes > mostBytes) return [...kept, `… and ${reasons.length - kept.length} more; see the run's page.`];
    kept.push(reason);
  }
  return kept;
}

export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** Reasons as a step returns them. */
export const Reasons = z.array(z.string().max(LONGEST_REASON)).max(MOST_REASONS);

/** Reasons as a workflow hands them on: JSONata may turn a list of one into its only member, and an empty one into nothing. */
const CarriedReasons = z
  .union([z.array(z.string()), z.string().transform((reason) => [reason])])
  .default([])
  .transform(bounded);

/** How a run, or one of its environments, ended, as the workflow hands it to the steps that conclude. */
export const RunEnd = z.object({
  outcome: z.enum(['live', 'superseded', 'failed', 'rejected', 'inconclusive', 'blocked', 'expired', 'faulted']),
  reasons: CarriedReasons,
  environment: z.string().optional(),
  /** The error that was caught, where one was. */
  fault: z
    .object({ state: z.string().optional(), name: z.string().default('Fault'), cause: z.string().default('') })
    .optional(),
});
export type RunEnd = z.infer<typeof RunEnd>;

/** The input of every step of `model-lifecycle`. */
export const WhichRun = z.object({ runId: z.string(), attempt: z.number().int().min(1) });
export type WhichRun = z.infer<typeof WhichRun>;

/** The input of every step of `endpoint-rollout`; `fence` is that of the lease, 0 while there is none. */
export const WhichRelease = WhichRun.extend({ environment: z.string(), fence: z.number().int().min(0) });
export type WhichRelease = z.infer<typeof WhichRelease>;

/** For the steps that `endpoint-rollback` shares: `rollbackId` and its `attempt` stand where a run's attempt does. */
export const WhichMove = WhichRelease.extend({ rollbackId: z.string().optional() });
export type WhichMove = z.infer<typeof WhichMove>;

/** The input of every step of `endpoint-rollback` alone. */
export const WhichRollback = z.object({
  rollbackId: z.string(),
  model: ModelName,
  environment: EnvironmentName,
  attempt: z.number().int().min(1),
  fence: z.number().int().min(0),
});
export type WhichRollback = z.infer<typeof WhichRollback>;

/** How a rollback ended, as its workflow hands it to the step that closes it. */
export const RollbackEnd = RunEnd.extend({ outcome: z.enum(['rolled-back', 'failed', 'blocked', 'faulted']) });
export type RollbackEnd = z.infer<typeof RollbackEnd>;
