import type { FeatureDrift } from '../../shared/domain/drift/drift-report.ts';
import { formatNumber } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import { shorten } from '../parts/shorten.ts';
import { Shape } from '../parts/state-mark.tsx';
import { FeatureThumbnail } from './feature-picture.tsx';
import { formatProbability } from './measures.ts';
import type { ComparedFeature } from './pair-features.ts';
import { VERDICT_STATES } from './verdict-states.ts';

const LONGEST_NAME = 48;

/** A feature that moved less than others: a small picture and its numbers in a line. */
export function FeatureStamp({ feature, id }: { feature: ComparedFeature; id: string }) {
  const { drift } = feature;
  const [state, word] = VERDICT_STATES[drift.verdict];
  const name = shorten(drift.name, LONGEST_NAME);
  return (
    <li id={id}>
      <h3>
        <bdi title={name === drift.name ? undefined : shorten(drift.name, 2 * LONGEST_NAME)}>{name}</bdi>{' '}
        <Shape state={state} />
        {word}
      </h3>
      <FeatureThumbnail baseline={feature.baseline} state={feature.state} />
      <p>{numbersOf(drift).join(' · ')}</p>
    </li>
  );
}

function numbersOf(drift: FeatureDrift): string[] {
  const { missingShare, invalidShare } = drift;
  const shares = [
    ...(missingShare ? [`missing ${formatShare(missingShare)}`] : []),
    ...(invalidShare ? [`invalid ${formatShare(invalidShare)}`] : []),
  ];
  if (drift.kind === 'numeric') {
    const { wassersteinOverSigma, psi, jensenShannon, ks } = drift;
    return [
      `W₁/σ ${number(wassersteinOverSigma)}`,
      `PSI ${number(psi)}`,
      `JS ${number(jensenShannon)}`,
      `D ${number(ks?.statistic)}`,
      ...(ks ? [`q ${formatProbability(ks.qValue)}`] : []),
      ...shares,
    ];
  }
  const { lInfinity, jensenShannon, chiSquare, unseenShare } = drift;
  return [
    `L∞ ${number(lInfinity)}`,
    `JS ${number(jensenShannon)}`,
    `V ${number(chiSquare?.cramersV)}`,
    ...(chiSquare ? [`q ${formatProbability(chiSquare.qValue)}`] : []),
    ...(unseenShare ? [`unseen ${formatShare(unseenShare)}`] : []),
    ...shares,
  ];
}

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatNumber(value);
}
