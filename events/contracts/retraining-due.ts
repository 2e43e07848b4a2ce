import * as z from 'zod';
import { Timestamp } from '../../shared/domain/identifiers.ts';
import { CaseFactBase } from './case-opened.ts';

/** `RetrainingDue.v1`: a window of an open case breached, and the policy asks for a retraining. Whether there is one is decided next. */
export const RetrainingDue = z.object({ ...CaseFactBase.shape, openedAt: Timestamp, windowTo: Timestamp });
export type RetrainingDue = z.infer<typeof RetrainingDue>;
