import type { BaselineFeature, SealedBaseline } from './baseline.ts';
import type { FeatureState, WindowState } from './window-state.ts';

/** The state of a window of which nothing has been read yet. */
export function newWindowState({ baseline, sha256 }: SealedBaseline): WindowState {
  return {
    baselineSha256: sha256,
    records: 0,
    rows: 0,
    invalidRecords: 0,
    schemaMismatches: [],
    features: baseline.features.map(newFeatureState),
    prediction: baseline.prediction && newFeatureState(baseline.prediction),
  };
}

export function newFeatureState(feature: BaselineFeature): FeatureState {
  const nothing = { present: 0, missing: 0, invalid: 0 };
  if (feature.kind === 'categorical') {
    const counts = new Float64Array(feature.domain.length);
    return { kind: 'categorical', ...nothing, counts, unseen: 0, topUnseen: new Map() };
  }
  return {
    kind: 'numeric',
    ...nothing,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    sumOfSquares: 0,
    outOfRange: 0,
    counts: new Float64Array(feature.edges.length + 1),
    sums: new Float64Array(feature.edges.length + 1),
  };
}
