import { secondsOf } from '../../shared/domain/durations.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import { formatDuration } from '../../shared/domain/format-time.ts';
import type { WatchedBy } from '../../shared/domain/monitoring-history.ts';

/** How drift is watched here, or why it isn't. */
export function describeDriftWatch(watched: WatchedBy | undefined): string {
  if (watched === undefined) return 'Nothing is live here, so nothing is watched.';
  const { version, drift, wantsDrift, retrains } = watched;
  if (drift !== undefined) {
    const { schedule, window, alert } = drift;
    const alarm = `${formatShare(alert.features)} of the features or more drifted, or the answers did, in ${countOf(alert.consecutive, 'window')} in a row`;
    return `Watched by the policy of v${version}: ${schedule}, windows of ${formatDuration(1000 * (secondsOf(window) ?? 0))}; the alarm goes where ${alarm}.${retrains ? ' A case may start a retraining.' : ''}`;
  }
  return wantsDrift
    ? `No schedule, because the policy of v${version} captures nothing here: drift is watched in what is captured.`
    : `No schedule, because the policy of v${version} has no monitoring of drift.`;
}

/** How answers are measured here, or why they aren't. */
export function describeLatencyWatch(watched: WatchedBy | undefined): string {
  if (watched === undefined) return 'Nothing is live here, so nothing is watched.';
  const { version, latency } = watched;
  if (latency === undefined) return `Not watched, because the policy of v${version} has no monitoring of latency.`;
  const target = Number((latency.target * 100).toFixed(2));
  return `Watched by the policy of v${version}: ${target} % of the requests are answered without error within ${latency.withinMs} ms, over 30 days.`;
}
