import { nextAbove } from './next-above.ts';
import type { WeightedValues } from './weighted-values.ts';

const BINS = 80;
const DECILES = 10;

/** Inner edges of bins, strictly rising, and which of them are deciles. */
export type QuantileEdges = { edges: number[]; deciles: number[] };

/**
 * The 79 inner quantiles of 80 bins, as `np.quantile` interpolates them. Equal ones collapse. They do where a value recurs, and then the
 * next value above it is an edge too, so that this value has a bin of its own: without it a flag that is nearly always 0 would have
 * one bin, in which nothing could be seen to change.
 */
export function quantileEdgesOf(column: WeightedValues): QuantileEdges {
  if (column.total === 0) return { edges: [], deciles: [] };
  const quantiles = quantilesOf(column);
  const edges = new Set(quantiles);
  for (const [index, quantile] of quantiles.entries()) {
    if (quantile === quantiles[index - 1]) edges.add(valueAbove(column, quantile));
  }
  const rising = [...edges].sort((a, b) => a - b);
  const deciles = new Set(quantiles.filter((_, index) => (index + 1) % (BINS / DECILES) === 0));
  return { edges: rising, deciles: [...deciles].map((decile) => rising.indexOf(decile)) };
}

function quantilesOf({ values, counts, total }: WeightedValues): number[] {
  const quantiles: number[] = [];
  let place = 0;
  let upTo = counts[0] ?? 0;
  for (let bin = 1; bin < BINS; bin += 1) {
    const position = (total - 1) * (bin / BINS);
    const lower = Math.floor(position);
    while (upTo <= lower && place < values.length - 1) {
      place += 1;
      upTo += counts[place] ?? 0;
    }
    const below = values[place] ?? 0;
    const above = upTo > lower + 1 ? below : (values[place + 1] ?? below);
    quantiles.push(between(below, above, position - lower));
  }
  return quantiles;
}

/** Interpolates from the nearer end, as numpy does, so that equal data gives equal edges to the last digit. */
function between(below: number, above: number, part: number): number {
  const gap = above - below;
  return part >= 0.5 ? above - gap * (1 - part) : below + gap * part;
}

function valueAbove({ values }: WeightedValues, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return values[low] ?? nextAbove(value);
}
