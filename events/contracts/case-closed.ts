import * as z from 'zod';
import { CaseFactBase } from './case-opened.ts';

/** `CaseClosed.v1`: the windows recovered, or a person closed the case's issue. */
export const CaseClosed = z.object({
  ...CaseFactBase.shape,
  closedBy: z.enum(['recovery', 'person']),
  breaches: z.number().int(),
  retrainings: z.array(z.string()).max(100),
  issueUrl: z.string().optional(),
});
export type CaseClosed = z.infer<typeof CaseClosed>;
