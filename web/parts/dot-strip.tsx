import type { Metric } from '../../shared/domain/review-packet.ts';

const WIDTH = 120;
const MARGIN = 8;

/** Where candidate and live version lie on the scale of their table. The numbers stand beside it, so readers skip it. */
export function DotStrip({ metric, scale: [low, high] }: { metric: Metric; scale: [number, number] }) {
  const place = (value: number) => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return (MARGIN + share * (WIDTH - 2 * MARGIN)).toFixed(1);
  };
  return (
    <svg class="strip" viewBox={`0 0 ${WIDTH} 14`} aria-hidden="true">
      <path class="axis" d={`M0 7h${WIDTH}`} />
      {metric.champion !== undefined && <circle class="was" cx={place(metric.champion)} cy="7" r="4.5" />}
      <circle class="is" cx={place(metric.value)} cy="7" r="4" />
    </svg>
  );
}
