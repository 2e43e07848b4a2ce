import type { Child } from 'hono/jsx';

/** The five ways a thing can stand. */
export type State = 'good' | 'warn' | 'bad' | 'wait' | 'plain';

/** A state is never a colour alone: it has a shape and a word. */
export function StateMark({ state, word }: { state: State; word: string }) {
  return (
    <span class={`mark ${state}`}>
      <i aria-hidden="true">{SHAPES[state]}</i>
      {word}
    </span>
  );
}

/** The shape alone, where the words stand beside it. */
export function Shape({ state }: { state: State }) {
  return (
    <span class={`dot ${state}`} aria-hidden="true">
      {SHAPES[state]}
    </span>
  );
}

/** Drawn, because many systems have no character for it. */
const HOURGLASS = (
  <svg class="glass" viewBox="0 0 10 12" aria-hidden="true">
    <path d="M1 1h8L5 6l4 5H1l4-5z" />
  </svg>
);

const SHAPES: Record<State, Child> = { good: '✓', warn: '!', bad: '✕', wait: HOURGLASS, plain: '•' };
