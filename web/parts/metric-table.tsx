import { formatDifference, formatNumber } from '../../shared/domain/format-number.ts';
import type { Metric } from '../../shared/domain/review-packet.ts';
import { MetricName } from './metric-name.tsx';
import { type Column, Table } from './table.tsx';

/** The report's numbers, beside the live version's on the same rows. */
export function MetricTable({
  metrics,
  championName,
}: {
  metrics: readonly Metric[];
  championName: string | undefined;
}) {
  if (metrics.length === 0) return <p class="soft">The report holds no other numbers.</p>;
  const versus: Column<Metric>[] = championName
    ? [
        {
          header: `Live ${championName}`,
          isNumber: true,
          cell: ({ champion }) => (champion === undefined ? '–' : formatNumber(champion)),
        },
        {
          header: 'Difference',
          isNumber: true,
          cell: ({ value, champion }) => (champion === undefined ? '–' : formatDifference(value - champion, value)),
        },
      ]
    : [];
  return (
    <Table
      caption={
        championName ? 'Candidate and live version, scored on the same rows' : 'Nothing is live yet to compare with'
      }
      columns={[
        { header: 'Metric', cell: ({ path }) => <MetricName path={path} /> },
        { header: 'Value', isNumber: true, cell: ({ value }) => formatNumber(value) },
        ...versus,
      ]}
      rows={metrics}
    />
  );
}
