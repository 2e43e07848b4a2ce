import { countOf, formatDifference, formatNumber } from '../../shared/domain/format-number.ts';
import type { Metric, Slice } from '../../shared/domain/review-packet.ts';
import { DotStrip } from './dot-strip.tsx';
import { type Column, Table } from './table.tsx';

/** The slices that matter are the low ones; the report has them all. */
const SHOWN = 25;

/** One table per dimension, the lowest slice first, drawn on one scale. */
export function SliceTables({ slices }: { slices: readonly Slice[] }) {
  const dimensions = [...Map.groupBy(slices, ({ dimension }) => dimension)];
  if (dimensions.length === 0) return <p class="soft">The report has no slices.</p>;
  return (
    <>
      {dimensions.map(([dimension, members]) => (
        <SliceTable dimension={dimension} slices={members} />
      ))}
    </>
  );
}

function SliceTable({ dimension, slices }: { dimension: string; slices: readonly Slice[] }) {
  const metrics = [...new Set(slices.flatMap((slice) => slice.metrics.map(({ path }) => path)))];
  const [leading] = metrics;
  const sorted =
    leading === undefined ? slices : slices.toSorted((a, b) => numberOf(a, leading) - numberOf(b, leading));
  const shown = sorted.slice(0, SHOWN);
  const hasChampion = slices.some((slice) => slice.metrics.some(({ champion }) => champion !== undefined));
  const hidden = sorted.length - shown.length;
  return (
    <Table
      caption={[
        `By ${dimension}, lowest ${leading ?? 'name'} first`,
        hasChampion ? '; difference to the live version in brackets' : '',
        hidden > 0 ? `. ${countOf(hidden, 'more slice')} in the report` : '',
      ].join('')}
      columns={[
        { header: dimension, cell: ({ name }) => name },
        { header: 'Rows', isNumber: true, cell: ({ rows }) => (rows === undefined ? '–' : formatNumber(rows)) },
        ...metrics.map(
          (path): Column<Slice> => ({
            header: path,
            isNumber: true,
            cell: (slice) => valueWithDifference(metricOf(slice, path)),
          }),
        ),
        ...(leading === undefined ? [] : [stripColumn(leading, shown)]),
      ]}
      rows={shown}
    />
  );
}

function stripColumn(path: string, slices: readonly Slice[]): Column<Slice> {
  const metrics = slices.flatMap((slice) => metricOf(slice, path) ?? []);
  const numbers = metrics.flatMap(({ value, champion }) => (champion === undefined ? [value] : [value, champion]));
  const scale: [number, number] = [Math.min(...numbers), Math.max(...numbers)];
  return {
    header: numbers.length > metrics.length ? '● candidate ○ live' : '● candidate',
    cell: (slice) => {
      const metric = metricOf(slice, path);
      return metric && <DotStrip metric={metric} scale={scale} />;
    },
  };
}

function metricOf(slice: Slice, path: string): Metric | undefined {
  return slice.metrics.find((metric) => metric.path === path);
}

function numberOf(slice: Slice, path: string): number {
  return metricOf(slice, path)?.value ?? Number.POSITIVE_INFINITY;
}

function valueWithDifference(metric: Metric | undefined): string {
  if (metric === undefined) return '–';
  const { value, champion } = metric;
  return champion === undefined
    ? formatNumber(value)
    : `${formatNumber(value)} (${formatDifference(value - champion, value)})`;
}
