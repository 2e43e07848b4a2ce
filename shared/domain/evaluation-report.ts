import * as z from 'zod';
import { Sha256 } from './identifiers.ts';

const EvaluationData = z.object({ sha256: Sha256, rows: z.number().int().min(1) });

/** The metrics of one model on one set of rows; gates address them by path, so the shape below is all that is fixed. */
export const MetricTree = z.record(z.string(), z.unknown());
export type MetricTree = z.infer<typeof MetricTree>;

/**
 * `evaluation.json` as SageMaker's examples write it, plus `slices`, `evaluationData` and `champion` (the same metrics of
 * the live version on the same rows; absent where nothing is live). `standard_deviation` may be the string "NaN".
 */
export const EvaluationReport = z.looseObject({
  evaluationData: EvaluationData,
  champion: z.looseObject({ evaluationData: EvaluationData.optional(), error: z.string().optional() }).optional(),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/** The largest report that is read, in bytes. */
export const MAX_REPORT_BYTES = 1_048_576;
