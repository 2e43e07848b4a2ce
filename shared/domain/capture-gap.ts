import type { DataQualityFinding } from './drift/drift-report.ts';
import type { TimeWindow } from './monitor-window.ts';

/** Requests at the window's edges may be counted on one side and captured on the other. */
const TOLERATED_SHARE = 0.05;

/** How far chance may leave a sample below its mean: once in 30,000 windows it goes farther. */
const STANDARD_DEVIATIONS = 4;

const MINUTE = 60_000;

/** CloudWatch counts whole minutes, so other windows can't be compared with it. */
export function isCountable({ from, to }: TimeWindow): boolean {
  return Date.parse(from) % MINUTE === 0 && Date.parse(to) % MINUTE === 0;
}

/**
 * What should have been captured of so many invocations, and what of it is missing. SageMaker stops capturing when its disk is
 * full, and says so nowhere.
 */
export function compareWithInvocations(
  captured: number,
  invocations: number,
  percent: number,
): { expected: number; missingShare: number; finding?: DataQualityFinding } {
  const sampled = percent / 100;
  const expected = invocations * sampled;
  const missing = Math.max(0, expected - captured);
  if (expected === 0) return { expected, missingShare: 0 };
  const missingShare = missing / expected;
  const chance = STANDARD_DEVIATIONS * Math.sqrt(expected * (1 - sampled));
  if (missing <= Math.max(TOLERATED_SHARE * expected, chance)) return { expected, missingShare };
  const sentence = `${captured} requests were captured, ${Math.round(expected)} should have been: the endpoint answered ${invocations}, of which ${percent} % are captured. Its disk may be full.`;
  return {
    expected,
    missingShare,
    finding: { kind: 'capture-gap', sentence, expected: Math.round(expected), found: captured },
  };
}
