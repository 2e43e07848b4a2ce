/** The bin of a value: how many of the rising edges are at or below it, so a value on an edge belongs to the bin above. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts of the coarser bins that only some of the edges bound: `positions` are rising positions in the edges. */
export function coarsen(counts: ArrayLike<number>, positions: readonly number[]): number[] {
  const coarse = new Array<number>(positions.length + 1).fill(0);
  let bin = 0;
  for (let index = 0; index < counts.length; index += 1) {
    while (bin < positions.length && index > (positions[bin] ?? 0)) bin += 1;
    coarse[bin] = (coarse[bin] ?? 0) + (counts[index] ?? 0);
  }
  return coarse;
}
