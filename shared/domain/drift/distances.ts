/**
 * Distances between two histograms over the same bins or categories, given as counts. Neither side may be empty.
 * Sources: Lin 1991 (Jensen–Shannon); Siddiqi 2006 (population stability index).
 */

/** Population stability index, Σ(q−p)·ln(q/p). An empty bin counts as half a row, for else one would make it infinite. */
export function populationStability(a: readonly number[], b: readonly number[]): number {
  const [totalA, totalB] = [sumOf(a), sumOf(b)];
  const terms = a.map((count, index) => {
    const other = b[index] ?? 0;
    if (count === 0 && other === 0) return 0;
    const p = Math.max(count, 0.5) / totalA;
    const q = Math.max(other, 0.5) / totalB;
    return (q - p) * Math.log(q / p);
  });
  return sumOf(terms);
}

/** Jensen–Shannon distance, base 2: the square root of the divergence, 0 to 1. */
export function jensenShannon(a: readonly number[], b: readonly number[]): number {
  const [totalA, totalB] = [sumOf(a), sumOf(b)];
  const divergence = sumOf(
    a.map((count, index) => {
      const p = count / totalA;
      const q = (b[index] ?? 0) / totalB;
      const middle = (p + q) / 2;
      return (p > 0 ? p * Math.log2(p / middle) : 0) + (q > 0 ? q * Math.log2(q / middle) : 0);
    }),
  );
  return Math.sqrt(Math.min(1, Math.max(0, divergence / 2)));
}

/** L∞: by how much the share of one category differs at most. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  return differences(a, b).reduce((largest, difference) => Math.max(largest, difference), 0);
}

/** Total variation: half the sum of the differences, the share of rows that would have to change. */
export function totalVariation(a: readonly number[], b: readonly number[]): number {
  return Math.min(1, sumOf(differences(a, b)) / 2);
}

function differences(a: readonly number[], b: readonly number[]): number[] {
  const [totalA, totalB] = [sumOf(a), sumOf(b)];
  return a.map((count, index) => Math.abs(count / totalA - (b[index] ?? 0) / totalB));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
