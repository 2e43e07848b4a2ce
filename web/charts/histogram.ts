import { scaleLinear } from 'd3-scale';
import type { NumericFeature } from '../../shared/domain/drift/baseline.ts';
import type { NumericState } from '../../shared/domain/drift/window-state.ts';
import { type Span, shownSpans, spansOf } from './bin-spans.ts';
import { isStep, type ValueGrid, valueGridOf } from './value-grid.ts';

/** Shares of the baseline's and the window's values in bins of one width between `low` and `high`; where labels of the axis belong. */
export type Histogram = { low: number; high: number; ticks: number[]; baseline: number[]; window: number[] };

/** Beyond the baseline's range a picture follows the window only where more of it lies there than this. */
const SHARE_WORTH_SPACE = 0.04;
/** More steps of a grid than this share bins. */
const MOST_STEPS = 48;
/** A window so many steps away shows nothing of them. */
const FARTHEST_STEPS = 1e6;
const TICKS = 4;

/**
 * What a feature looked like at training and looks like now, drawn again in bins of one width: within a bin of the baseline values are
 * taken to lie evenly. `undefined` where neither side has values, or their range can't be drawn.
 */
export function histogramOf(
  feature: NumericFeature,
  state: NumericState | undefined,
  binCount: number,
): Histogram | undefined {
  const was = shownSpans(feature);
  const is = state === undefined ? [] : spansOf(feature, state);
  const range = rangeOf(was, is);
  if (range === undefined) return undefined;
  const steps = valueGridOf(was);
  const grid = steps && (range.high - range.low) / steps.step < FARTHEST_STEPS ? steps : undefined;
  if (grid === undefined && !isWide(range)) return undefined;
  const { low, high, bins } = grid ? binsOnGrid(range, grid) : binsOver(range, binCount);
  return {
    ...{ low, high },
    ticks: ticksOf(low, high, grid),
    baseline: spread(was, low, high, bins),
    window: spread(is, low, high, bins),
  };
}

type Range = { low: number; high: number };

function rangeOf(was: readonly Span[], is: readonly Span[]): Range | undefined {
  const isOuter = (at: number) => at === 0 || at === is.length - 1;
  const worthSpace = is.filter(({ share }, at) => !isOuter(at) || share > SHARE_WORTH_SPACE);
  const visible = [...was, ...worthSpace].filter(({ share }) => share > 0);
  const low = Math.min(...visible.map(({ from }) => from));
  const high = Math.max(...visible.map(({ to }) => to));
  return Number.isFinite(high - low) && high >= low ? { low, high } : undefined;
}

/** Narrower ranges have no room for bins between their numbers. */
function isWide({ low, high }: Range): boolean {
  return high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)) && high - low > Number.MIN_VALUE * 1e9;
}

/** With an empty bin at both ends, so that a picture is seen to end. */
function binsOver({ low, high }: Range, count: number): Range & { bins: number } {
  const width = (high - low) / (count - 2);
  return { low: low - width, high: high + width, bins: count };
}

/** Bins around the values of the grid, several values each where there are many. */
function binsOnGrid({ low, high }: Range, { first, step }: ValueGrid): Range & { bins: number } {
  const from = Math.round((low - first) / step);
  const steps = Math.max(from, Math.round((high - first) / step)) - from + 1;
  const together = Math.ceil(steps / MOST_STEPS);
  const bins = Math.ceil(steps / together);
  const start = first + (from - 0.5) * step;
  return { low: start, high: start + bins * together * step, bins };
}

function ticksOf(low: number, high: number, grid: ValueGrid | undefined): number[] {
  const ticks = scaleLinear([low, high], [0, 1]).ticks(TICKS);
  return grid === undefined ? ticks : ticks.filter((tick) => isStep((tick - grid.first) / grid.step));
}

/** Lays the spans over bins of one width; what lies outside goes into the outermost ones. */
function spread(spans: readonly Span[], low: number, high: number, bins: number): number[] {
  const width = (high - low) / bins;
  const binAt = (value: number) => Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)));
  const shares = new Array<number>(bins).fill(0);
  for (const { from, to, share } of spans.filter((span) => span.share > 0)) {
    const first = binAt(from);
    const last = Math.max(first, binAt(to));
    const parts = Array.from({ length: last - first + 1 }, (_, at) => {
      const start = at === 0 ? from : low + (first + at) * width;
      const end = first + at === last ? to : low + (first + at + 1) * width;
      return first === last ? 1 : Math.max(0, end - start);
    });
    // Far from zero the limits of bins are rounded, and the parts don't add up to the whole.
    const whole = parts.reduce((sum, part) => sum + part, 0);
    for (const [at, part] of parts.entries())
      shares[first + at] = (shares[first + at] ?? 0) + (whole > 0 ? (share * part) / whole : share / parts.length);
  }
  return shares;
}
