import * as z from 'zod';
import { CaseSignal } from '../../shared/domain/case.ts';
import { EnvironmentName, Timestamp } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** What every fact about a case carries: which one, and the version that was live when it was opened. */
export const CaseFactBase = z.object({
  ...FactBase.shape,
  caseId: z.string(),
  environment: EnvironmentName,
  signal: CaseSignal,
  version: z.number().int(),
});

/** `CaseOpened.v1`: an environment drifted, or became slow, often enough to make a case of it. */
export const CaseOpened = z.object({
  ...CaseFactBase.shape,
  /** When the first of the breaches began and the newest ended. */
  window: z.object({ from: Timestamp, to: Timestamp }),
  breaches: z.number().int(),
});
export type CaseOpened = z.infer<typeof CaseOpened>;
