import * as z from 'zod';
import { Timestamp } from '../../shared/domain/identifiers.ts';
import { FactBase } from './fact-base.ts';

/** `ApprovalRequested.v1`: the stewards have been asked. */
export const ApprovalRequested = z.object({
  ...FactBase.shape,
  reviewId: z.string(),
  expiresAt: Timestamp,
});
export type ApprovalRequested = z.infer<typeof ApprovalRequested>;
