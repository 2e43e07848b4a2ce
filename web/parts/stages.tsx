import type { Stage, StageState } from '../../shared/domain/run-stages.ts';
import { type State, StateMark } from './state-mark.tsx';

const STATES: Record<StageState, [State, string]> = {
  done: ['good', 'done'],
  failed: ['bad', 'failed'],
  'under-way': ['wait', 'under way'],
  stopped: ['warn', 'stopped here'],
  ahead: ['plain', 'not yet'],
  'not-reached': ['plain', 'not reached'],
};

/** How far the run has come, stage by stage. */
export function Stages({ stages }: { stages: readonly Stage[] }) {
  return (
    <ol class="stages">
      {stages.map(({ name, state }) => {
        const [look, word] = STATES[state];
        const isCurrent = state === 'under-way' || state === 'stopped';
        return (
          <li class={isCurrent ? 'now' : undefined} aria-current={isCurrent ? 'step' : undefined}>
            {name} <StateMark state={look} word={word} />
          </li>
        );
      })}
    </ol>
  );
}
