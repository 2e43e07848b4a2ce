import { scaleLinear, scaleTime } from 'd3-scale';
import { line } from 'd3-shape';

/** A moment in milliseconds and what was measured then; no value where there is nothing to tell. */
export type SeriesPoint = { at: number; value: number | undefined };

type SeriesPlotProps = {
  /** Said to who can't see it: what it is, the newest value, the threshold. */
  label: string;
  points: readonly SeriesPoint[];
  /** The same for all plots side by side: from and to in milliseconds, the values at the bottom and at the top. */
  span: readonly [number, number];
  domain: readonly [number, number];
  threshold: number;
  /** On which side of the threshold values are bad. */
  badSide: 'above' | 'below';
};

const BOX = { width: 300, height: 60 };

/** A line over time with its threshold. Bad values have a mark of their own; what lies outside the scale stays at its edge. */
export function SeriesPlot({ label, points, span, domain, threshold, badSide }: SeriesPlotProps) {
  const x = scaleTime([...span], [0, BOX.width]);
  const y = scaleLinear([...domain], [BOX.height, 0]).clamp(true);
  const path = line<SeriesPoint>()
    .defined(({ value }) => value !== undefined)
    .x(({ at }) => x(at))
    .y(({ value }) => y(value ?? 0))
    .digits(1);
  const told = points.flatMap(({ at, value }) => (value === undefined ? [] : [{ at, value }]));
  const isBad = (value: number) => (badSide === 'above' ? value >= threshold : value < threshold);
  return (
    <svg class="series" role="img" aria-label={label} width="100%" height={BOX.height + 4}>
      <svg
        aria-hidden="true"
        y="2"
        width="100%"
        height={BOX.height}
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        preserveAspectRatio="none"
      >
        <path class="floor" d={`M0 ${BOX.height}H${BOX.width}`} />
        <path class="limit" d={`M0 ${y(threshold).toFixed(1)}H${BOX.width}`} />
        <path class="is" d={path(points) ?? ''} />
      </svg>
      {told
        .filter(({ value }, at) => isBad(value) || at === told.length - 1)
        .map(({ at, value }) => (
          <circle
            class={isBad(value) ? 'bad' : 'last'}
            cx={`${((100 * x(at)) / BOX.width).toFixed(1)}%`}
            cy={(y(value) + 2).toFixed(1)}
            r={isBad(value) ? 3 : 2.5}
          />
        ))}
    </svg>
  );
}
