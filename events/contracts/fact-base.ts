import * as z from 'zod';
import { CommitSha, ModelName, Timestamp } from '../../shared/domain/identifiers.ts';

/** What every fact about a run carries. Facts are versioned by their detail-type: a field is added, never changed or removed. */
export const FactBase = z.object({
  runId: z.string(),
  model: ModelName,
  commit: CommitSha,
  occurredAt: Timestamp,
});
