import * as z from 'zod';
import { Sha256 } from './identifiers.ts';
import { Gate } from './policy.ts';

/** No data is never a pass: what can't be told is `inconclusive`. */
export const Verdict = z.enum(['passed', 'rejected', 'inconclusive']);
export type Verdict = z.infer<typeof Verdict>;

/** One gate on one metric: `metric` is the concrete path (a `*` gives a result per key). */
export const GateResult = z.object({
  gate: Gate,
  /** Who set the gate: the model's policy or the platform's floor. */
  origin: z.enum(['policy', 'floor']),
  metric: z.string(),
  operator: z.enum(['≥', '≤']),
  value: z.number().optional(),
  threshold: z.number().optional(),
  champion: z.number().optional(),
  rows: z.number().int().optional(),
  result: Verdict,
  /** One sentence with the numbers. */
  sentence: z.string(),
});
export type GateResult = z.infer<typeof GateResult>;

export const GateVerdict = z.object({
  verdict: Verdict,
  /** The worst first: rejected, inconclusive, passed. */
  results: z.array(GateResult),
  /** Sentences that stand for the whole (report missing, data changed); empty where every gate could be judged. */
  problems: z.array(z.string()),
  evaluationData: z.object({ sha256: Sha256, rows: z.number().int() }).optional(),
  /** Whether a champion was there to compare with. */
  championPresent: z.boolean(),
});
export type GateVerdict = z.infer<typeof GateVerdict>;
