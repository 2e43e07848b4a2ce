import type { DriftReport } from '../../shared/domain/drift/drift-report.ts';
import {
  DRIFTED_FROM,
  ENOUGH_ROWS,
  FEWEST_ROWS,
  SIGNIFICANT_Q,
  WARNING_FROM,
} from '../../shared/domain/drift/thresholds.ts';
import { formatThreshold } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';

/** How the verdicts came about, for whoever wants to check them. */
export function Method({ report: { alertShare, baseline } }: { report: DriftReport }) {
  const { wassersteinOverSigma, psi, lInfinity, share } = DRIFTED_FROM;
  return (
    <section aria-labelledby="method">
      <h2 id="method">How it was computed</h2>
      <dl class="facts">
        <dt>A numeric feature drifted</dt>
        <dd>
          where the Wasserstein-1 distance is at least {formatThreshold(wassersteinOverSigma)} standard deviations of
          the training data, or the population stability index over its deciles at least {formatThreshold(psi)}, and the
          Kolmogorov–Smirnov test calls the change significant.
        </dd>
        <dt>A categorical feature drifted</dt>
        <dd>
          where the share of some value changed by at least {formatThreshold(lInfinity)} (L∞), and the χ² test of both
          samples calls the change significant.
        </dd>
        <dt>Either drifted</dt>
        <dd>
          where the share of missing, invalid or unseen values moved by at least {formatShare(share)}, and a test of the
          two proportions calls it significant.
        </dd>
        <dt>Warning</dt>
        <dd>
          from a stability index of {formatThreshold(WARNING_FROM.psi)} or a Jensen–Shannon distance (base 2) of{' '}
          {formatThreshold(WARNING_FROM.jensenShannon)}.
        </dd>
        <dt>Significant</dt>
        <dd>
          means q ≤ {formatThreshold(SIGNIFICANT_Q)}: p-values corrected over all features by Benjamini–Hochberg. Size
          decides first: with a million rows the smallest change is significant.
        </dd>
        <dt>The window drifted</dt>
        <dd>
          where {alertShare > 0 ? `${formatShare(alertShare)} of the features or more` : 'any feature'} drifted, or the
          model’s answers did.
        </dd>
        <dt>Too little data</dt>
        <dd>
          below {FEWEST_ROWS.toLocaleString('en-US')} rows; below {ENOUGH_ROWS.toLocaleString('en-US')} a feature is
          warned of at most. No data is never ok.
        </dd>
        <dt>Pictures</dt>
        <dd>
          are drawn from counts in 80 bins at the quantiles of the training data, between whose edges values are taken
          to lie evenly. No captured row is kept or shown.
        </dd>
        <dt>Baseline</dt>
        <dd>
          <code>{baseline.sha256}</code> (SHA-256)
        </dd>
      </dl>
    </section>
  );
}
