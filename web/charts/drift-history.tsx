import { DRIFTED_FROM } from '../../shared/domain/drift/thresholds.ts';
import { formatNumber } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import type { MonitorWindow } from '../../shared/domain/monitor-window.ts';
import type { DriftMonitoring } from '../../shared/domain/policy.ts';
import { shorten } from '../parts/shorten.ts';
import { SeriesPlot, type SeriesPoint } from './series-plot.tsx';
import { SmallMultiple } from './small-multiple.tsx';

const LONGEST_NAME = 40;
/** All features share this scale, in the unit of their distances; farther ones stay at its edge. */
const MOST_DISTANCE = 4 * DRIFTED_FROM.wassersteinOverSigma;

type DriftHistoryProps = {
  windows: readonly MonitorWindow[];
  drift: DriftMonitoring | undefined;
  mostFeatures: number;
};

/** How far the features moved, window by window: the share that drifted, then those that moved farthest of late, on one scale. */
export function DriftHistory({ windows, drift, mostFeatures }: DriftHistoryProps) {
  const span = spanOf(windows);
  const share = pointsOf(windows, ({ driftedShare, verdict }) =>
    verdict === 'insufficient-data' ? undefined : driftedShare,
  );
  const alertShare = drift?.alert.features ?? 1;
  const newest = lastOf(share);
  return (
    <ul class="multiples">
      <SmallMultiple
        name={<strong>Drifted features</strong>}
        value={newest === undefined ? '–' : formatShare(newest)}
        isBad={newest !== undefined && newest >= alertShare}
      >
        <SeriesPlot
          label={`Share of drifted features: newest ${newest === undefined ? 'unknown' : formatShare(newest)}, alert from ${formatShare(alertShare)}`}
          {...{ span, points: share, threshold: alertShare, domain: [0, 1], badSide: 'above' }}
        />
      </SmallMultiple>
      {farthestOf(windows, mostFeatures).map((name) => (
        <Feature name={name} points={pointsOf(windows, (window) => scoreOf(window, name))} span={span} />
      ))}
    </ul>
  );
}

type Span = readonly [number, number];

function Feature({ name, points, span }: { name: string; points: SeriesPoint[]; span: Span }) {
  const newest = lastOf(points);
  const shown = newest === undefined ? '–' : formatNumber(newest);
  const threshold = DRIFTED_FROM.wassersteinOverSigma;
  return (
    <SmallMultiple name={<bdi>{shorten(name, LONGEST_NAME)}</bdi>} value={shown} isBad={(newest ?? 0) >= threshold}>
      <SeriesPlot
        label={`Distance of ${shorten(name, LONGEST_NAME)}: newest ${shown}, threshold ${threshold}`}
        {...{ span, points, threshold, domain: [0, MOST_DISTANCE], badSide: 'above' }}
      />
    </SmallMultiple>
  );
}

/** The features with the largest distances in the newest judged window, then by their largest ever. */
function farthestOf(windows: readonly MonitorWindow[], most: number): string[] {
  const judged = windows.filter(({ featureScores }) => featureScores !== undefined && featureScores.length > 0);
  const ever = new Map<string, number>();
  for (const { featureScores = [] } of judged)
    for (const { name, score } of featureScores) ever.set(name, Math.max(score, ever.get(name) ?? 0));
  const newest = new Map((judged.at(-1)?.featureScores ?? []).map(({ name, score }) => [name, score]));
  const far = (name: string) => Math.max(newest.get(name) ?? 0, (ever.get(name) ?? 0) / 2);
  return [...ever.keys()].sort((a, b) => far(b) - far(a)).slice(0, most);
}

function scoreOf({ featureScores }: MonitorWindow, feature: string): number | undefined {
  return featureScores?.find(({ name }) => name === feature)?.score;
}

function pointsOf(
  windows: readonly MonitorWindow[],
  measure: (window: MonitorWindow) => number | undefined,
): SeriesPoint[] {
  return windows.map((window) => ({ at: Date.parse(window.window.to), value: measure(window) }));
}

function spanOf(windows: readonly MonitorWindow[]): Span {
  const ends = windows.map(({ window }) => Date.parse(window.to));
  const [first = 0, last = 0] = [ends[0], ends.at(-1)];
  return last > first ? [first, last] : [first - 1, last];
}

function lastOf(points: readonly SeriesPoint[]): number | undefined {
  return points.at(-1)?.value;
}
