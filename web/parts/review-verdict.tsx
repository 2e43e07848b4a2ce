import { formatDistance, formatTime } from '../../shared/domain/format-time.ts';
import type { Review } from '../../shared/domain/review.ts';
import type { ReviewPacket } from '../../shared/domain/review-packet.ts';
import { type State, StateMark } from './state-mark.tsx';

const STATES: Record<Review['status'], [State, string]> = {
  pending: ['wait', 'waits for a steward'],
  approved: ['good', 'approved'],
  rejected: ['bad', 'rejected'],
  expired: ['warn', 'expired'],
  superseded: ['plain', 'superseded'],
};

/** The first line of the page: one sentence that says how it stands. */
export function ReviewVerdict({ review, packet, now }: { review: Review; packet: ReviewPacket; now: string }) {
  const isLate = review.status === 'pending' && Date.parse(review.expiresAt) <= Date.parse(now);
  const [state, word] = isLate ? STATES.expired : STATES[review.status];
  return (
    <div class={`verdict is-${state}`}>
      <StateMark state={state} word={word} />
      <h1>
        {review.model} v{review.version} passed {gatesIn(packet)}{' '}
        {isLate ? <Expired review={review} /> : <Standing review={review} />}
      </h1>
      <p class="soft">
        {packet.live
          ? `Live in ${packet.live.environment}: v${packet.live.version}, since ${formatTime(packet.live.since)}. `
          : 'Nothing is live yet: this would be the first version. '}
        Risk tier {packet.riskTier}. Asked {formatDistance(review.requestedAt, now)}.
      </p>
    </div>
  );
}

function gatesIn({ verdict: { results } }: ReviewPacket): string {
  const passed = results.filter(({ result }) => result === 'passed').length;
  return `${passed} of ${results.length} ${results.length === 1 ? 'gate' : 'gates'}`;
}

function Standing({ review }: { review: Review }) {
  const { decision, status, expiresAt } = review;
  if (decision !== undefined) {
    return (
      <>
        and was {decision.outcome} by <bdi>{decision.by.name}</bdi> on{' '}
        <time datetime={decision.at}>{formatTime(decision.at)}</time>
      </>
    );
  }
  if (status === 'pending') {
    return (
      <>
        and waits for a steward until <time datetime={expiresAt}>{formatTime(expiresAt)}</time>
      </>
    );
  }
  return status === 'superseded' ? <>but a newer candidate took its place</> : <Expired review={review} />;
}

function Expired({ review }: { review: Review }) {
  return (
    <>
      but nobody decided by <time datetime={review.expiresAt}>{formatTime(review.expiresAt)}</time>
    </>
  );
}
