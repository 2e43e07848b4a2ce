/**
 * Benjamini–Hochberg (1995): the q of each p. Who believes all tests with q ≤ 0.05 is wrong about 5 % of them on average; and where nothing
 * changed at all, about any of them in 5 % of the windows only, however many features are watched.
 */
export function falseDiscoveryRates(pValues: readonly number[]): number[] {
  const falling = pValues.map((pValue, index) => ({ pValue, index })).sort((a, b) => b.pValue - a.pValue);
  const rates = new Array<number>(pValues.length).fill(1);
  let smallest = 1;
  for (const [step, { pValue, index }] of falling.entries()) {
    smallest = Math.min(smallest, (pValue * pValues.length) / (pValues.length - step));
    rates[index] = smallest;
  }
  return rates;
}
