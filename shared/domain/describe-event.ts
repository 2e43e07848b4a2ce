import { cut } from './run-end.ts';
import type { RunEvent, RunEventType } from './run-event.ts';

type Told = {
  summary: string;
  environment?: string;
  actor?: string;
  detail?: RunEvent['detail'];
  /** Set where the same kind of event may happen again and is then news: a later training, another attempt, a rollback's id. */
  again?: number | string;
};

/** One line of a run's timeline; its key is the type, with the environment and the repetition where there are such. */
export function describeEvent(runId: string, type: RunEventType, at: string, told: Told): RunEvent {
  const key = [type, told.environment, told.again?.toString()].filter((part) => part !== undefined).join('#');
  return {
    runId,
    key,
    type,
    at,
    summary: cut(told.summary, 1000),
    detail: told.detail ?? {},
    ...(told.environment !== undefined && { environment: told.environment }),
    ...(told.actor !== undefined && { actor: told.actor }),
  };
}
