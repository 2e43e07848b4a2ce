import type { CategoricalFeature, NumericFeature } from '../../shared/domain/drift/baseline.ts';
import type { FeatureDrift } from '../../shared/domain/drift/drift-report.ts';
import { formatNumber } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import { type CategoryShares, changeOf } from '../charts/category-shares.ts';
import { shorten } from '../parts/shorten.ts';

/** Smaller changes are not worth words. */
const SHARE_WORTH_WORDS = 0.01;
const SIGMAS_WORTH_WORDS = 0.02;
const MOST_CATEGORIES = 3;
const LONGEST_VALUE = 40;

/** What is different from the training data, in sentences for people who don't read statistics. */
export function describeNumericChange(drift: FeatureDrift & { kind: 'numeric' }, baseline: NumericFeature): string[] {
  return [meanSentence(drift, baseline), rangeSentence(drift), ...qualitySentences(drift)].filter(
    (sentence) => sentence !== undefined,
  );
}

export function describeCategoricalChange(
  drift: FeatureDrift & { kind: 'categorical' },
  shares: CategoryShares,
  baseline: CategoricalFeature,
): string[] {
  const moved = shares.shown.filter((share) => drift.present > 0 && changeOf(share) >= SHARE_WORTH_WORDS);
  const sentences = moved.slice(0, MOST_CATEGORIES).map(({ label, baseline: was, window: is }) => {
    const name = label.trim() === '' ? 'The blank value' : `“${isolated(shorten(label, LONGEST_VALUE))}”`;
    return `${name} ${is > was ? 'rose' : 'fell'} from ${formatShare(was)} to ${formatShare(is)}.`;
  });
  const unseen = drift.unseenShare ?? 0;
  if (unseen > 0) {
    const known = baseline.domain.length === 0 ? '' : ` Training knew ${formatNumber(baseline.domain.length)} values.`;
    sentences.push(`${formatShare(unseen)} of the values are not in the training data.${known}`);
  }
  return [...sentences, ...qualitySentences(drift)];
}

/** Keeps the letters of a value from turning the direction of the sentence around it. */
function isolated(value: string): string {
  return `\u2068${value}\u2069`;
}

function meanSentence(
  { mean, baselineMean }: FeatureDrift & { kind: 'numeric' },
  { standardDeviation }: NumericFeature,
): string | undefined {
  if (mean === null || baselineMean === null) return undefined;
  const sigmas = standardDeviation ? Math.abs(mean - baselineMean) / standardDeviation : Number.POSITIVE_INFINITY;
  if (mean === baselineMean || sigmas < SIGMAS_WORTH_WORDS) return `The mean stayed at ${formatNumber(baselineMean)}.`;
  const far = Number.isFinite(sigmas) ? `, by ${formatNumber(sigmas)} standard deviations` : '';
  return `The mean ${mean > baselineMean ? 'rose' : 'fell'} from ${formatNumber(baselineMean)} to ${formatNumber(mean)}${far}.`;
}

function rangeSentence({ outOfRangeShare }: FeatureDrift & { kind: 'numeric' }): string | undefined {
  if (outOfRangeShare === null || outOfRangeShare < SHARE_WORTH_WORDS) return undefined;
  return `${formatShare(outOfRangeShare)} of the values lie outside the range of the training data.`;
}

function qualitySentences({ missingShare, baselineMissingShare, invalidShare }: FeatureDrift): string[] {
  const [was, is] = [baselineMissingShare ?? 0, missingShare ?? 0];
  const sentences: string[] = [];
  if (Math.abs(is - was) >= SHARE_WORTH_WORDS)
    sentences.push(`Missing values ${is > was ? 'rose' : 'fell'} from ${formatShare(was)} to ${formatShare(is)}.`);
  if ((invalidShare ?? 0) >= SHARE_WORTH_WORDS)
    sentences.push(`${formatShare(invalidShare ?? 0)} of the values are no numbers.`);
  return sentences;
}
