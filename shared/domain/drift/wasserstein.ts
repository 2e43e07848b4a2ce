/** One side of a comparison: counts and sums of bins, with the smallest and largest value. `edges` are the bins' inner edges. */
export type BinnedValues = {
  counts: ArrayLike<number>;
  sums: ArrayLike<number>;
  minimum: number;
  maximum: number;
};

/**
 * Wasserstein-1 distance of two binned samples, in the unit of their values. Within a bin with the edges L and R the integral of a
 * distribution function is `R·F(R) − L·F(L) − Σx/n`, exactly; so the sum of the differences' magnitudes is exact but for bins in
 * which the functions cross. The outer edges are the joint minimum and maximum. Neither side may be empty.
 */
export function wasserstein1(edges: readonly number[], a: BinnedValues, b: BinnedValues): number {
  const countA = sumOf(a.counts);
  const countB = sumOf(b.counts);
  const maximum = Math.max(a.maximum, b.maximum);
  let left = Math.min(a.minimum, b.minimum);
  let belowA = 0;
  let belowB = 0;
  let distance = 0;
  for (let bin = 0; bin <= edges.length; bin += 1) {
    // An edge beyond all values of both sides bounds an empty bin.
    const right = Math.min(Math.max(edges[bin] ?? maximum, left), maximum);
    const upToA = belowA + (a.counts[bin] ?? 0);
    const upToB = belowB + (b.counts[bin] ?? 0);
    // Values as distances from the right edge, so that large offsets (a time in seconds) cost few digits.
    const areaA = (right - left) * belowA + (right * (upToA - belowA) - (a.sums[bin] ?? 0));
    const areaB = (right - left) * belowB + (right * (upToB - belowB) - (b.sums[bin] ?? 0));
    distance += Math.abs(areaA / countA - areaB / countB);
    left = right;
    belowA = upToA;
    belowB = upToB;
  }
  return distance;
}

function sumOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < counts.length; index += 1) sum += counts[index] ?? 0;
  return sum;
}
