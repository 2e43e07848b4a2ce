import * as z from 'zod';
import { Verdict } from '../../shared/domain/gate-verdict.ts';
import { FactBase } from './fact-base.ts';

/** `EvaluationJudged.v1`: the gates have judged the candidate. */
export const EvaluationJudged = z.object({
  ...FactBase.shape,
  verdict: Verdict,
  summary: z.string(),
});
export type EvaluationJudged = z.infer<typeof EvaluationJudged>;
