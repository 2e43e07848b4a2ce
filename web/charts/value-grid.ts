import type { Span } from './bin-spans.ts';

/** Values that lie in steps, like hours, days or yes and no: bars stand for them, not for parts of them. */
export type ValueGrid = { first: number; step: number };

/** From this share of the training data on, values in steps are what the feature is. */
const MOSTLY = 0.9;

/** `undefined` where the values of these spans lie anywhere. */
export function valueGridOf(spans: readonly Span[]): ValueGrid | undefined {
  const points = spans.filter(({ from, to, share }) => share > 0 && from === to);
  const [first] = points;
  if (first === undefined || points.reduce((sum, { share }) => sum + share, 0) < MOSTLY) return undefined;
  if (points.length === 1) return { first: first.from, step: Math.max(1, Math.abs(first.from) / 100) };
  const step = Math.min(...points.slice(1).map(({ from }, at) => from - (points[at]?.from ?? from)));
  const scale = Math.max(...points.map(({ from }) => Math.abs(from)));
  if (!(step > 1e-9 * scale)) return undefined;
  return points.every(({ from }) => isStep((from - first.from) / step)) ? { first: first.from, step } : undefined;
}

export function isStep(steps: number): boolean {
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}
