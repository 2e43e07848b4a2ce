import * as z from 'zod';
import { BURN_WINDOW_NAMES } from '../../shared/domain/burn-rate.ts';
import { EnvironmentName, Timestamp } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `LatencyBudgetBurning.v1`: an endpoint began to use up its error budget faster than its objective allows, or has stopped to. */
export const LatencyBudgetBurning = z.object({
  ...FactBase.shape,
  environment: EnvironmentName,
  endpointName: z.string(),
  version: z.number().int(),
  /** `page`: somebody is woken; `ticket`: somebody looks in working hours. */
  severity: z.enum(['page', 'ticket']),
  since: Timestamp,
  /** `recovered`: what began at `since` was over at `occurredAt`. */
  state: z.enum(['burning', 'recovered']).default('burning'),
  withinMs: z.number().int(),
  target: z.number(),
  /** How many times as fast as the budget just lasts, by the length of the window. */
  burnRates: z.partialRecord(z.enum(BURN_WINDOW_NAMES), z.number().min(0)),
  /** Whether errors alone would have woken somebody. */
  errorsAlone: z.boolean(),
});
export type LatencyBudgetBurning = z.infer<typeof LatencyBudgetBurning>;
