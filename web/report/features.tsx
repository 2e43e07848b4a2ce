import { DRIFTED_FROM, SIGNIFICANT_Q, WARNING_FROM } from '../../shared/domain/drift/thresholds.ts';
import { formatThreshold } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import { FeatureCard } from './feature-card.tsx';
import { FeatureStamp } from './feature-stamp.tsx';
import { fitFeatures } from './fit-features.ts';
import type { ComparedFeature } from './pair-features.ts';

type FeaturesProps = { features: readonly ComparedFeature[]; idOf: (at: number) => string };

/** Every feature that the page has room for: the ones that moved farthest in full, the others as stamps. */
export function Features({ features, idOf }: FeaturesProps) {
  const { cards, stamps, left } = fitFeatures(
    features,
    (feature, at) => (<FeatureCard feature={feature} id={idOf(at)} />).toString(),
    (feature, at) => (<FeatureStamp feature={feature} id={idOf(at)} />).toString(),
  );
  return (
    <>
      <section aria-labelledby="features">
        <h2 id="features">Feature by feature, the farthest moved first</h2>
        <Key />
        <div class="cards">{cards}</div>
      </section>
      {stamps.length > 0 && (
        <section aria-labelledby="stamps">
          <h2 id="stamps">Features that moved less</h2>
          <Key />
          <p class="small soft">
            Drift: W₁/σ ≥ {formatThreshold(DRIFTED_FROM.wassersteinOverSigma)}, PSI ≥{' '}
            {formatThreshold(DRIFTED_FROM.psi)}, L∞ ≥ {formatThreshold(DRIFTED_FROM.lInfinity)}, shares ±{' '}
            {formatShare(DRIFTED_FROM.share)}. Warning: PSI or JS ≥ {formatThreshold(WARNING_FROM.jensenShannon)}. Each
            counts where q ≤ {formatThreshold(SIGNIFICANT_Q)}.
          </p>
          <ul class="stamps">{stamps}</ul>
        </section>
      )}
      {left > 0 && (
        <p>
          The numbers of {left.toLocaleString('en-US')} more features, which moved less than these, stand in
          report.json.
        </p>
      )}
    </>
  );
}

function Key() {
  return (
    <p class="small soft">
      <span class="key-was" aria-hidden="true" /> grey: the training data; <span class="key-is" aria-hidden="true" />{' '}
      coloured: this window.
    </p>
  );
}
