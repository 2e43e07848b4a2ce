import { hasEnded, type Run } from './run.ts';
import type { RunEvent } from './run-event.ts';

export type StageState = 'done' | 'failed' | 'under-way' | 'stopped' | 'ahead' | 'not-reached';

/** One step of a run's way, as people follow it. */
export type Stage = { name: string; state: StageState };

/** The way from training to the last environment, and how far the run has come. */
export function stagesOf(run: Run, events: readonly RunEvent[]): Stage[] {
  const has = (type: RunEvent['type'], environment?: string) =>
    events.some((event) => event.type === type && (environment === undefined || event.environment === environment));
  const said = (type: RunEvent['type'], key: string) => events.findLast((event) => event.type === type)?.detail[key];

  const results: [string, 'done' | 'failed' | undefined][] = [
    [
      'train',
      endOf(
        run.training?.artifactUri !== undefined || has('training-finished'),
        has('training-failed') || has('run-refused'),
      ),
    ],
    [
      'judge',
      endOf(
        run.registered !== undefined || said('evaluation-judged', 'verdict') === 'passed',
        has('evaluation-judged'),
      ),
    ],
    ['register', endOf(run.registered !== undefined, false)],
    ['approve', endOf(run.approval !== undefined, has('approval-decided') || has('approval-expired'))],
    ...run.environments.map((name): [string, 'done' | 'failed' | undefined] => [
      name,
      endOf(has('rollout-finished', name), has('rollout-failed', name)),
    ]),
  ];
  const current = results.findIndex(([, end]) => end !== 'done');
  return results.map(([name, end], index) => ({ name, state: end ?? stateOf(run, index, current) }));
}

function endOf(isDone: boolean, isOver: boolean): 'done' | 'failed' | undefined {
  if (isDone) return 'done';
  return isOver ? 'failed' : undefined;
}

function stateOf(run: Run, index: number, current: number): StageState {
  if (hasEnded(run.status)) return 'not-reached';
  if (index !== current) return 'ahead';
  return run.status === 'parked' ? 'stopped' : 'under-way';
}
