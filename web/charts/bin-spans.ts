import type { NumericFeature } from '../../shared/domain/drift/baseline.ts';

/** Where the values of one bin lie, and which share of all they are. */
export type Span = { from: number; to: number; share: number };
/** What is counted in the bins of a baseline: of the training data itself, or of a window. */
export type BinnedValues = { counts: ArrayLike<number>; sums: ArrayLike<number>; sumOfSquares: number };

/** The baseline's own values; its squares follow from mean and standard deviation. */
export function trainedValues({ counts, sums, present, mean, standardDeviation }: NumericFeature): BinnedValues {
  return { counts, sums, sumOfSquares: present * ((mean ?? 0) ** 2 + (standardDeviation ?? 0) ** 2) };
}

/**
 * The bins with the share of the values in each; where all values of a bin are the same, a point. Outer bins have one edge: they reach
 * as far as their mean and variance say.
 */
export function spansOf(feature: NumericFeature, values: BinnedValues): Span[] {
  const bins = binsOf(feature, values);
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const spread = outerSpread(bins, values.sumOfSquares);
  const usual = usualWidth(feature);
  return bins.map((bin) => {
    const { from, to, count } = bin;
    const point = pointOf(bin, feature);
    if (point !== undefined) return { from: point, to: point, share: count / total };
    const limits = from !== undefined && to !== undefined ? { from, to } : outerSpan(bin, { feature, spread, usual });
    return { ...limits, share: count / total };
  });
}

/** The training data as far as a picture shows it: outer bins that reach very far, because of a value or two, end earlier. */
export function shownSpans(feature: NumericFeature): Span[] {
  const [first, last] = [feature.edges[0], feature.edges.at(-1)];
  const spans = spansOf(feature, trainedValues(feature));
  if (first === undefined || last === undefined || last === first) return spans;
  const [least, most] = [first - (last - first), last + (last - first)];
  return spans.map(({ from, to, share }) => ({ from: Math.max(least, from), to: Math.min(most, to), share }));
}

/** `from` and `to` are missing where a bin has no edge; the mean where it has no value. */
type Bin = { from: number | undefined; to: number | undefined; count: number; mean: number | undefined };

function binsOf({ edges }: NumericFeature, { counts, sums }: BinnedValues): Bin[] {
  return Array.from(counts, (count, at) => {
    const mean = count === 0 ? undefined : (sums[at] ?? 0) / count;
    return { from: edges[at - 1], to: edges[at], count, mean };
  });
}

/**
 * Standard deviation of the values in the fuller outer bin: what the squares of all values leave when those of the other bins are
 * taken off, as if they lay evenly there. `undefined` where too few values are outside to say.
 */
function outerSpread(bins: readonly Bin[], sumOfSquares: number): { of: Bin; deviation: number } | undefined {
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const fuller = first.count > last.count ? first : last;
  if (fuller.mean === undefined) return undefined;
  let left = sumOfSquares;
  for (const { from, to, count, mean } of bins.filter((bin) => bin !== fuller)) {
    const width = from === undefined || to === undefined ? 0 : to - from;
    left -= count * ((mean ?? 0) ** 2 + width ** 2 / 12);
  }
  return { of: fuller, deviation: Math.sqrt(Math.max(0, left / fuller.count - fuller.mean ** 2)) };
}

type Surroundings = { feature: NumericFeature; spread: ReturnType<typeof outerSpread>; usual: number };

/** Evenly around the mean, never over its edge, and not beyond what training knew where the mean lies within. */
function outerSpan(bin: Bin, { feature, spread, usual }: Surroundings): { from: number; to: number } {
  const { from, to, mean } = bin;
  const [least, most] = [feature.minimum ?? mean ?? 0, feature.maximum ?? mean ?? 0];
  if (mean === undefined) return { from: from ?? to ?? 0, to: to ?? from ?? 0 };
  const half = Math.max(spread?.of === bin ? Math.sqrt(3) * spread.deviation : Number.POSITIVE_INFINITY, usual / 2);
  const start = from === undefined ? mean - half : Math.max(from, mean - half);
  const end = to === undefined ? mean + half : Math.min(to, mean + half);
  if (from !== undefined) {
    const reach = Math.min(end, Math.max(2 * mean - from, from + usual));
    return { from: start, to: mean <= most ? Math.min(reach, Math.max(most, from + usual)) : reach };
  }
  if (to !== undefined) {
    const reach = Math.max(start, 2 * mean - to);
    return { from: mean >= least ? Math.max(reach, Math.min(least, to)) : reach, to: end };
  }
  return { from: Math.min(least, mean), to: Math.max(most, mean, Math.min(least, mean) + usual) };
}

/** The baseline gives a value that recurs the beginning of a bin: there the mean of the bin lies where the bin begins. */
function pointOf({ from, mean }: Bin, { minimum, maximum }: NumericFeature): number | undefined {
  const start = from ?? minimum;
  if (mean === undefined || start === null) return undefined;
  const range = (maximum ?? 0) - (minimum ?? 0);
  return Math.abs(mean - start) <= 1e-9 * Math.max(range, Math.abs(start)) ? start : undefined;
}

/** The width of most bins: what values are given that are nearly all the same. */
function usualWidth({ edges, minimum, maximum }: NumericFeature): number {
  const range = (maximum ?? 0) - (minimum ?? 0);
  const widths = edges.slice(1).map((edge, at) => edge - (edges[at] ?? edge));
  const wide = widths.filter((width) => width > 1e-9 * range).toSorted((x, y) => x - y);
  return wide[Math.floor(wide.length / 2)] ?? (range > 0 ? range : 1);
}
