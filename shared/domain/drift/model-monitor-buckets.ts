import { nextAbove } from './next-above.ts';

type Bucket = { lower_bound: number; upper_bound: number; count: number };
type Moments = { present: number; mean: number; minimum: number; maximum: number };
type Bins = { edges: number[]; counts: number[]; sums: number[]; deciles: number[] };

const MOST_BINS = 80;

/**
 * The buckets of a sketch as bins; undefined where there are none. What a bucket's values sum up to isn't known: they are
 * taken to lie around its middle, moved so that the column keeps its mean.
 */
export function binsOfBuckets(buckets: readonly Bucket[], moments: Moments): Bins | undefined {
  const { present, minimum, maximum } = moments;
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total <= 0) return undefined;
  if (minimum === maximum) return constantBins(minimum, present);
  const { edges, counts } = joined(buckets, (count) => (count * present) / total);
  return { edges, counts, sums: sumsOf(edges, counts, moments), deciles: decilesOf(edges, counts, present) };
}

/** As for a column of our own that has one value only: that value has a bin of its own. */
function constantBins(value: number, present: number): Bins {
  return { edges: [value, nextAbove(value)], counts: [0, present, 0], sums: [0, present * value, 0], deciles: [0] };
}

function joined(buckets: readonly Bucket[], scaled: (count: number) => number): Pick<Bins, 'edges' | 'counts'> {
  const rising = [...buckets].sort((a, b) => a.lower_bound - b.lower_bound);
  const perBin = Math.ceil(rising.length / MOST_BINS);
  const edges: number[] = [];
  const counts = [0];
  for (const [index, { lower_bound: lower, count }] of rising.entries()) {
    const opens = index > 0 && index % perBin === 0 && lower > (edges.at(-1) ?? rising[0]?.lower_bound ?? lower);
    if (opens) {
      edges.push(lower);
      counts.push(0);
    }
    counts[counts.length - 1] = (counts.at(-1) ?? 0) + scaled(count);
  }
  return { edges, counts };
}

function sumsOf(edges: readonly number[], counts: readonly number[], { present, mean, minimum, maximum }: Moments) {
  const bins = counts.map((count, index) => {
    const lower = Math.min(Math.max(edges[index - 1] ?? minimum, minimum), maximum);
    const upper = Math.min(Math.max(edges[index] ?? maximum, lower), maximum);
    return { count, lower, upper, sum: (count * (lower + upper)) / 2 };
  });
  const residual = mean * present - bins.reduce((sum, bin) => sum + bin.sum, 0);
  const room = bins.reduce((sum, { count, lower, upper }) => sum + count * (upper - lower), 0);
  return bins.map(({ count, lower, upper, sum }) => {
    const moved = room > 0 ? sum + (residual * count * (upper - lower)) / room : sum;
    return Math.min(count * upper, Math.max(count * lower, moved));
  });
}

/** The edges that are nearest to the deciles. */
function decilesOf(edges: readonly number[], counts: readonly number[], present: number): number[] {
  let upTo = 0;
  const shares = edges.map((_, index) => {
    upTo += counts[index] ?? 0;
    return upTo / present;
  });
  const nearest = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => {
    const distances = shares.map((share) => Math.abs(share - tenth / 10));
    return distances.indexOf(Math.min(...distances));
  });
  return edges.length <= 9 ? edges.map((_, index) => index) : [...new Set(nearest)].sort((a, b) => a - b);
}
