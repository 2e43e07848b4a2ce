import * as z from 'zod';
import { EnvironmentName, Timestamp } from './identifiers.ts';

/** What can happen to a run. The words are shown on the run's page and are part of the record. */
export const RunEventType = z.enum([
  'run-accepted',
  'run-refused',
  'training-started',
  'training-finished',
  'training-failed',
  'evaluation-judged',
  'version-registered',
  'approval-requested',
  'approval-decided',
  'approval-expired',
  'rollout-started',
  'lease-awaited',
  'endpoint-updated',
  'smoke-test-finished',
  'rollout-finished',
  'rollout-failed',
  'endpoint-restored',
  'rollback-requested',
  'endpoint-rolled-back',
  'rollback-failed',
  'hold-released',
  'model-live',
  'run-routed-back',
  'run-superseded',
  'run-parked',
  'run-retried',
  'run-resumed',
]);
export type RunEventType = z.infer<typeof RunEventType>;

/**
 * One line of a run's timeline: append-only. `key` makes it once-only: the same key is never recorded twice,
 * so a step that runs again adds nothing. By convention `<type>` or `<type>#<environment>` or `<type>#<attempt>`.
 */
export const RunEvent = z.object({
  runId: z.string(),
  key: z.string(),
  type: RunEventType,
  at: Timestamp,
  /** One sentence for people. */
  summary: z.string().max(1000),
  environment: EnvironmentName.optional(),
  /** Who did it, where a person did. */
  actor: z.string().optional(),
  /** Parsed facts: numbers, digests, ARNs, links. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).default({}),
});
export type RunEvent = z.infer<typeof RunEvent>;
