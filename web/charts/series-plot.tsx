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

/** As high as it is shown, and about as wide: whole numbers are as good as the screen, and half as long as decimals. */
const BOX = { width: 300, height: 60 };
/** Above and below, for half a dot. */
const MARGIN = 2;

/** A line over time with its threshold. Bad values have a dot of their own; what lies outside the scale stays at its edge. */
export function SeriesPlot({ label, points, span, domain, threshold, badSide }: SeriesPlotProps) {
  const x = scaleTime([...span], [0, BOX.width]);
  const y = scaleLinear([...domain], [BOX.height, 0]).clamp(true);
  const path = line<SeriesPoint>()
    .defined(({ value }) => value !== undefined)
    .x(({ at }) => x(at))
    .y(({ value }) => y(value ?? 0))
    .digits(0);
  const told = points.flatMap(({ at, value }) => (value === undefined ? [] : [{ at, value }]));
  const isBad = ({ value }: { value: number }) => (badSide === 'above' ? value >= threshold : value < threshold);
  const bad = told.filter(isBad);
  const last = told.slice(-1).filter((point) => !isBad(point));
  /** Lines of no length: with round ends they are dots, of one size however the picture is stretched. */
  const dots = (of: typeof told) => of.map(({ at, value }) => `M${x(at).toFixed()} ${y(value).toFixed()}h0`).join('');
  return (
    <svg
      class="series"
      role="img"
      aria-label={label}
      viewBox={`0 ${-MARGIN} ${BOX.width} ${BOX.height + 2 * MARGIN}`}
      preserveAspectRatio="none"
    >
      <path class="limit" d={`M0 ${y(threshold).toFixed(1)}H${BOX.width}`} />
      <path class="is" d={path(points) ?? ''} />
      {bad.length > 0 && <path class="bad" d={dots(bad)} />}
      {last.length > 0 && <path class="last" d={dots(last)} />}
    </svg>
  );
}
