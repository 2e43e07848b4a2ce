import { upperGamma } from './incomplete-gamma.ts';

/** How likely a χ² of at least `statistic` is by chance. */
export function chiSquarePValue(statistic: number, degreesOfFreedom: number): number {
  return upperGamma(degreesOfFreedom / 2, statistic / 2);
}

/** Cochran's rule: a cell of which fewer rows are expected is no ground for a χ². */
const FEWEST_EXPECTED = 5;

/** Rows of one category on both sides. */
type Cell = readonly [inA: number, inB: number];

export type Contingency = { statistic: number; pValue: number; cramersV: number };

/**
 * Contingency χ² of two rows of counts over the same categories: both are samples, neither is taken for the truth. Categories so rare that fewer
 * than 5 rows are expected on either side are counted together, for with thousands of them the test would find chance significant. `rest` are the rows outside all categories: they belong
 * to the rare ones, because a rare category may be known to one side only by chance.
 * Null where fewer than two categories are left. Neither side may be empty.
 */
export function contingency(a: readonly number[], b: readonly number[], rest: Cell = [0, 0]): Contingency | null {
  const [totalA, totalB] = [sumOf(a) + rest[0], sumOf(b) + rest[1]];
  const total = totalA + totalB;
  const columns = poolRare(
    a.map((count, index): Cell => [count, b[index] ?? 0]),
    (FEWEST_EXPECTED * total) / Math.min(totalA, totalB),
    rest,
  );
  if (columns.length < 2) return null;
  const statistic = sumOf(
    columns.map(([inA, inB]) => {
      const expectedA = ((inA + inB) * totalA) / total;
      const expectedB = ((inA + inB) * totalB) / total;
      return (inA - expectedA) ** 2 / expectedA + (inB - expectedB) ** 2 / expectedB;
    }),
  );
  // Of a table with two rows Cramér's V is √(χ²/n).
  return {
    statistic,
    pValue: chiSquarePValue(statistic, columns.length - 1),
    cramersV: Math.min(1, Math.sqrt(statistic / total)),
  };
}

/** Columns of at least `fewest` rows; what is rarer in one column, which takes in the smallest of the others while it is too small itself. */
function poolRare(columns: readonly Cell[], fewest: number, rest: Cell): Cell[] {
  const falling = columns.filter(([inA, inB]) => inA + inB > 0).sort((a, b) => b[0] + b[1] - (a[0] + a[1]));
  const frequent = falling.filter(([inA, inB]) => inA + inB >= fewest);
  let pooled: Cell | undefined = addUp([...falling.slice(frequent.length), rest]);
  while (pooled && pooled[0] + pooled[1] < fewest) {
    const smallest = frequent.pop();
    if (!smallest) break;
    pooled = [pooled[0] + smallest[0], pooled[1] + smallest[1]];
  }
  return pooled ? [...frequent, pooled] : frequent;
}

function addUp(cells: readonly Cell[]): Cell | undefined {
  const sum: Cell = [sumOf(cells.map(([inA]) => inA)), sumOf(cells.map(([, inB]) => inB))];
  return sum[0] + sum[1] === 0 ? undefined : sum;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
