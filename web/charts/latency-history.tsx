import { formatNumber } from '../../shared/domain/format-number.ts';
import type { LatencyReading } from '../../shared/domain/latency-reading.ts';
import { SeriesPlot, type SeriesPoint } from './series-plot.tsx';
import { SmallMultiple } from './small-multiple.tsx';

type LatencyHistoryProps = { readings: readonly [LatencyReading, ...LatencyReading[]] };

/** The objective's share hour by hour, and the percentiles that enough requests stand behind, on one scale. */
export function LatencyHistory({ readings }: LatencyHistoryProps) {
  const newest = readings.at(-1) ?? readings[0];
  const { withinMs, target } = newest.objective;
  const span = spanOf(readings);
  const share = readings.map(({ hour, goodShare }) => ({ at: Date.parse(hour), value: goodShare }));
  const lowest = Math.max(0, 1 - 5 * (1 - target));
  const percentiles = PERCENTILES.map((name) => ({ name, points: millisOf(readings, name) })).filter(({ points }) =>
    points.some(({ value }) => value !== undefined),
  );
  const most = Math.max(1.25 * withinMs, ...percentiles.flatMap(({ points }) => points.map(({ value = 0 }) => value)));
  const shown = newest.goodShare === undefined ? 'no request' : preciseShare(newest.goodShare);
  return (
    <ul class="multiples">
      <SmallMultiple
        name={<strong>In time, without error</strong>}
        value={shown}
        isBad={newest.goodShare !== undefined && newest.goodShare < target}
      >
        <SeriesPlot
          label={`Share of requests answered within ${withinMs} ms without error: newest ${shown}, objective ${preciseShare(target)}`}
          {...{ span, points: share, threshold: target, domain: [lowest, 1], badSide: 'below' }}
        />
      </SmallMultiple>
      {percentiles.map(({ name, points }) => (
        <Percentile {...{ name, points, span, most, withinMs }} />
      ))}
    </ul>
  );
}

const PERCENTILES = ['p50', 'p90', 'p99'] as const;
type PercentileName = (typeof PERCENTILES)[number];
type PercentileProps = {
  name: PercentileName;
  points: SeriesPoint[];
  span: readonly [number, number];
  most: number;
  withinMs: number;
};

function Percentile({ name, points, span, most, withinMs }: PercentileProps) {
  const newest = points.at(-1)?.value;
  const shown = newest === undefined ? '–' : `${formatNumber(newest)} ms`;
  return (
    <SmallMultiple name={`Model latency, ${name}`} value={shown} isBad={newest !== undefined && newest >= withinMs}>
      <SeriesPlot
        label={`${name} of the model's latency: newest ${shown}, objective ${withinMs} ms`}
        {...{ span, points, threshold: withinMs, domain: [0, most], badSide: 'above' }}
      />
    </SmallMultiple>
  );
}

function millisOf(readings: readonly LatencyReading[], name: PercentileName): SeriesPoint[] {
  return readings.map(({ hour, modelMicros }) => {
    const micros = modelMicros?.[name];
    return { at: Date.parse(hour), value: micros === undefined ? undefined : micros / 1000 };
  });
}

function spanOf(readings: readonly LatencyReading[]): readonly [number, number] {
  const [first = 0, last = 0] = [readings[0], readings.at(-1)].map((reading) => Date.parse(reading?.hour ?? ''));
  return last > first ? [first, last] : [first - 3_600_000, last];
}

/** Objectives are told apart in the second decimal. */
export function preciseShare(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
