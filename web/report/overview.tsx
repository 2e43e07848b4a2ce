import { scaleLinear } from 'd3-scale';
import { shorten } from '../parts/shorten.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { movementOf } from './order-features.ts';
import type { ComparedFeature } from './pair-features.ts';
import { VERDICT_STATES } from './verdict-states.ts';

const MOST_ROWS = 12;
const LONGEST_NAME = 60;
/** The picture reaches as far as the farthest feature, within these bounds, in thresholds. */
const SHORTEST_SCALE = 1.5;
const LONGEST_SCALE = 6;

/** The features that moved farthest on one scale, whose unit is the threshold of each feature's most decisive measure. */
export function Overview({ features, idOf }: { features: readonly ComparedFeature[]; idOf: (at: number) => string }) {
  const rows = features.slice(0, MOST_ROWS);
  const farthest = Math.max(...rows.map(({ drift }) => movementOf(drift)), 0);
  const reach = Math.min(LONGEST_SCALE, Math.max(SHORTEST_SCALE, farthest * 1.05));
  return (
    <div class="sheet">
      <table class="overview">
        <caption>How far each feature moved, in multiples of its threshold (the upright line)</caption>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <td aria-hidden="true" />
            <th scope="col" class="num">
              Moved
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ drift }, at) => {
            const [state, word] = VERDICT_STATES[drift.verdict];
            return (
              <tr>
                <th scope="row">
                  <a href={`#${idOf(at)}`}>
                    <bdi>{shorten(drift.name, LONGEST_NAME)}</bdi>
                  </a>
                </th>
                <td aria-hidden="true">
                  <MovementBar movement={movementOf(drift)} reach={reach} state={state} />
                </td>
                <td class="num">{formatMovement(movementOf(drift))} ×</td>
                <td>
                  <StateMark state={state} word={word} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {features.length > rows.length && (
        <p class="rest small soft">
          The other {(features.length - rows.length).toLocaleString('en-US')} features moved less; they stand below in
          the same order.
        </p>
      )}
    </div>
  );
}

function formatMovement(movement: number): string {
  return movement < 10 ? movement.toFixed(1) : Math.round(movement).toLocaleString('en-US');
}

type MovementBarProps = { movement: number; reach: number; state: string };

function MovementBar({ movement, reach, state }: MovementBarProps) {
  const place = scaleLinear([0, reach], [0, 100]).clamp(true);
  return (
    <svg aria-hidden="true" width="100%" height="16">
      <rect class={`moved ${state}`} y="3" width={`${place(movement).toFixed(1)}%`} height="10" />
      {movement > reach && <rect class="cut" x="96%" width="4" height="16" />}
      <rect class="limit" x={`${place(1).toFixed(1)}%`} width="1.5" height="16" />
    </svg>
  );
}
