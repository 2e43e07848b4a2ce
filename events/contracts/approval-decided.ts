import * as z from 'zod';
import { FactBase } from './fact-base.ts';

/** `ApprovalDecided.v1`: the review is closed: by a person, or by its expiry, which never approves. */
export const ApprovalDecided = z.object({
  ...FactBase.shape,
  outcome: z.enum(['approved', 'rejected', 'expired']),
  reviewId: z.string().optional(),
  /** Who decided; missing where the review expired. */
  decidedBy: z.string().optional(),
});
export type ApprovalDecided = z.infer<typeof ApprovalDecided>;
