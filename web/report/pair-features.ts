import type { Baseline, BaselineFeature } from '../../shared/domain/drift/baseline.ts';
import type { DriftReport, FeatureDrift } from '../../shared/domain/drift/drift-report.ts';
import type { FeatureState, WindowState } from '../../shared/domain/drift/window-state.ts';
import { byMovement } from './order-features.ts';

/** What is said of a feature with what it was at training and what was counted in the window. */
export type ComparedFeature = {
  drift: FeatureDrift;
  baseline: BaselineFeature | undefined;
  state: FeatureState | undefined;
};

/** The features of a report, the one that moved farthest first. */
export function pairFeatures(report: DriftReport, baseline: Baseline, state: WindowState): ComparedFeature[] {
  const places = new Map(baseline.features.map(({ name }, place) => [name, place]));
  return byMovement(report.features).map((drift) => {
    const place = places.get(drift.name) ?? -1;
    return { drift, baseline: baseline.features[place], state: state.features[place] };
  });
}
