import { countOf, formatNumber, formatThreshold } from '../domain/format-number.ts';
import { formatTime } from '../domain/format-time.ts';
import type { GateResult } from '../domain/gate-verdict.ts';
import type { Review } from '../domain/review.ts';
import type { ReviewPacket } from '../domain/review-packet.ts';
import type { Notice } from '../ports/notices.ts';

/** The mail that asks for a decision: it says enough to judge the urgency, carries one link, and decides nothing. */
export function writeApprovalNotice(review: Review, packet: ReviewPacket, publicUrl: string): Notice {
  const { model, version } = review;
  const order = packet.environments.map(({ name }) => name).join(', then ');
  return {
    subject: `${model} v${version} waits for your decision`.slice(0, 99),
    text: [
      `${model} version ${version} (risk tier ${packet.riskTier}) waits for a steward of ${review.stewardsGroup}.`,
      '',
      gatesLine(packet),
      metricLine(packet),
      changeLine(packet),
      '',
      `Decide by ${formatTime(review.expiresAt)}. After that the request expires; silence never approves.`,
      `An approval rolls out to ${order}. A rejection opens an issue for the data scientist.`,
      '',
      `${publicUrl}/reviews/${review.reviewId}`,
      '',
    ].join('\n'),
  };
}

export function writeExpiryNotice(review: Review, publicUrl: string): Notice {
  return {
    subject: `${review.model} v${review.version} was not decided in time`.slice(0, 99),
    text: [
      `Nobody decided about ${review.model} version ${review.version} by ${formatTime(review.expiresAt)}, so it was not rolled out.`,
      'The run was routed back to the data scientist. A new commit or pipeline asks again.',
      '',
      `${publicUrl}/reviews/${review.reviewId}`,
      '',
    ].join('\n'),
  };
}

function gatesLine({ verdict }: ReviewPacket): string {
  const passed = verdict.results.filter(({ result }) => result === 'passed').length;
  return `Gates: ${passed} of ${verdict.results.length} passed.`;
}

/** The first floor or ceiling is the model's headline. */
function metricLine({ verdict, live }: ReviewPacket): string {
  const isHeadline = ({ value, threshold }: GateResult) => value !== undefined && threshold !== undefined;
  const headline = verdict.results.find(isHeadline);
  if (headline?.value === undefined || headline.threshold === undefined) return 'Metrics: see the page.';
  const champion =
    verdict.results.find((result) => result.metric === headline.metric && result.champion !== undefined)?.champion ??
    headline.champion;
  const versus = live && champion !== undefined ? `; live version ${live.version} has ${formatNumber(champion)}` : '';
  const threshold = `${headline.operator} ${formatThreshold(headline.threshold)}`;
  return `${headline.metric}: ${formatNumber(headline.value)} (${threshold}${versus}).`;
}

function changeLine({ live, changes }: ReviewPacket): string {
  if (live === undefined)
    return `Changes: nothing is live yet; this would be the first version (${countOf(changes.commitCount, 'commit')}).`;
  const policy =
    changes.policy.length === 0
      ? 'policy unchanged'
      : `${countOf(changes.policy.length, 'line')} of the policy changed`;
  const data = changes.dataChanged ? 'other data' : 'same data';
  return `Changes since version ${live.version}: ${countOf(changes.commitCount, 'commit')}, ${policy}, ${data}.`;
}
