import { categorySharesOf } from '../charts/category-shares.ts';
import { shorten } from '../parts/shorten.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { describeCategoricalChange, describeNumericChange } from './describe-change.ts';
import { FeaturePicture } from './feature-picture.tsx';
import { type Measure, measuresOf } from './measures.ts';
import type { ComparedFeature } from './pair-features.ts';
import { VERDICT_STATES } from './verdict-states.ts';

const LONGEST_NAME = 120;
const LONGEST_SENTENCE = 400;
const MOST_UNSEEN = 5;
const LONGEST_UNSEEN = 60;

/** All that is known of a feature: its verdict and why, what changed, the picture, the numbers. */
export function FeatureCard({ feature, id, title }: { feature: ComparedFeature; id: string; title?: string }) {
  const { drift } = feature;
  const [state, word] = VERDICT_STATES[drift.verdict];
  const name = shorten(drift.name, LONGEST_NAME);
  return (
    <article class={`card is-${state}${title ? ' wide' : ''}`} id={id} aria-labelledby={`${id}-name`}>
      <header>
        <h3 id={`${id}-name`}>{title ?? <bdi>{name}</bdi>}</h3>
        <StateMark state={state} word={word} />
      </header>
      <p>{shorten(drift.why, LONGEST_SENTENCE)}</p>
      <FeaturePicture {...feature} />
      <Changes sentences={changesOf(feature)} />
      <Unseen feature={feature} />
      <Measures measures={measuresOf(drift)} name={title ?? name} />
    </article>
  );
}

function changesOf({ drift, baseline, state }: ComparedFeature): string[] {
  if (drift.kind === 'numeric' && baseline?.kind === 'numeric') return describeNumericChange(drift, baseline);
  if (drift.kind === 'numeric' || baseline?.kind !== 'categorical') return [];
  const shares = categorySharesOf(baseline, state?.kind === 'categorical' ? state : undefined, MOST_UNSEEN);
  return describeCategoricalChange(drift, shares, baseline);
}

function Changes({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul class="changes">
      {sentences.map((sentence) => (
        <li>{sentence}</li>
      ))}
    </ul>
  );
}

/** Values appear only where the policy lets the report name them. */
function Unseen({ feature: { drift } }: { feature: ComparedFeature }) {
  if (drift.kind === 'numeric' || drift.topUnseen.length === 0) return null;
  return (
    <p class="small">
      New values:{' '}
      {drift.topUnseen.slice(0, MOST_UNSEEN).map(({ value, count }, at) => (
        <>
          {at > 0 && ', '}
          <bdi>“{shorten(value, LONGEST_UNSEEN)}”</bdi> ({count.toLocaleString('en-US')})
        </>
      ))}
      .
    </p>
  );
}

function Measures({ measures, name }: { measures: readonly Measure[]; name: string }) {
  return (
    <table class="measures">
      <caption class="hidden">{`Numbers of ${name}`}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Measure</th>
          <th scope="col">Value</th>
          <th scope="col">Threshold</th>
        </tr>
      </thead>
      <tbody>
        {measures.map(({ name: measure, value, threshold, reached }) => (
          <tr class={reached ? 'reached' : undefined}>
            <th scope="row">{measure}</th>
            <td class="num">{value}</td>
            <td class="soft">
              {threshold}
              {reached && <span class="hidden">, reached</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
