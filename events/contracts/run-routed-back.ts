import * as z from 'zod';
import { FactBase } from './fact-base.ts';

/** `RunRoutedBack.v1`: the run has ended without going live, and its author knows why. */
export const RunRoutedBack = z.object({
  ...FactBase.shape,
  reasons: z.array(z.string()),
  issueUrl: z.string().optional(),
});
export type RunRoutedBack = z.infer<typeof RunRoutedBack>;
