import * as z from 'zod';
import { FactBase } from './fact-base.ts';

/** `TrainingFinished.v1`: the SageMaker pipeline of a run has ended, well or not. */
export const TrainingFinished = z.object({
  ...FactBase.shape,
  outcome: z.enum(['trained', 'failed']),
  /** Counts the trainings of the run, from 1. */
  number: z.number().int().optional(),
  pipelineExecutionArn: z.string().optional(),
  summary: z.string(),
});
export type TrainingFinished = z.infer<typeof TrainingFinished>;
