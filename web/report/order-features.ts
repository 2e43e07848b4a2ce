import type { FeatureDrift } from '../../shared/domain/drift/drift-report.ts';
import { DRIFTED_FROM } from '../../shared/domain/drift/thresholds.ts';

/** How far a feature moved, in thresholds: 1 is where its most decisive measure begins to count as drift. */
export function movementOf(feature: FeatureDrift): number {
  const { missingShare, baselineMissingShare, invalidShare } = feature;
  const shares = [Math.abs((missingShare ?? 0) - (baselineMissingShare ?? 0)), invalidShare ?? 0];
  const distances =
    feature.kind === 'numeric'
      ? [(feature.wassersteinOverSigma ?? 0) / DRIFTED_FROM.wassersteinOverSigma, (feature.psi ?? 0) / DRIFTED_FROM.psi]
      : [(feature.lInfinity ?? 0) / DRIFTED_FROM.lInfinity, (feature.unseenShare ?? 0) / DRIFTED_FROM.share];
  return Math.max(...distances, ...shares.map((share) => share / DRIFTED_FROM.share));
}

/** Farthest first; equal ones in the order of a request. */
export function byMovement<Feature extends FeatureDrift>(features: readonly Feature[]): Feature[] {
  return features.toSorted((a, b) => movementOf(b) - movementOf(a));
}
