import { chiSquarePValue } from './chi-square.ts';

/** Two-sided, pooled z-test of two shares; 1 where a side is empty or both shares are 0 or both 1. */
export function twoProportionsPValue(hitsA: number, totalA: number, hitsB: number, totalB: number): number {
  if (totalA === 0 || totalB === 0) return 1;
  const pooled = (hitsA + hitsB) / (totalA + totalB);
  const variance = pooled * (1 - pooled) * (1 / totalA + 1 / totalB);
  if (variance <= 0) return 1;
  const difference = hitsA / totalA - hitsB / totalB;
  // The square of a standard normal value is χ² with one degree of freedom.
  return chiSquarePValue(difference ** 2 / variance, 1);
}
