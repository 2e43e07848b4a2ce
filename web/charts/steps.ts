import { curveStepAfter, line } from 'd3-shape';

/** The box in which step charts are drawn; it is stretched over the place that the page has. */
export const STEPS_BOX = { width: 300, height: 100 } as const;

type Point = [number, number];

/** Shares as a line of steps over the whole width; `most` is the share at the top. */
export function stepLine(shares: readonly number[], most: number): string {
  return line<Point>().curve(curveStepAfter).digits(0)(points(shares, most)) ?? '';
}

/** The same, closed along the axis: half as long as d3's area, whose lower side has a corner for each step. */
export function stepArea(shares: readonly number[], most: number): string {
  return `${stepLine(shares, most)}L${STEPS_BOX.width},${STEPS_BOX.height}L0,${STEPS_BOX.height}Z`;
}

function points(shares: readonly number[], most: number): Point[] {
  const { width, height } = STEPS_BOX;
  const ends = [...shares, shares.at(-1) ?? 0];
  return ends.map((share, at) => [(at * width) / shares.length, height - (most > 0 ? (share / most) * height : 0)]);
}
