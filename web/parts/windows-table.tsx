import { countOf, formatNumber } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import { formatTime } from '../../shared/domain/format-time.ts';
import type { MonitorWindow } from '../../shared/domain/monitor-window.ts';
import { windowReportPath } from '../../shared/domain/monitoring-history.ts';
import { VERDICT_STATES } from '../report/verdict-states.ts';
import { shorten } from './shorten.ts';
import { type State, StateMark } from './state-mark.tsx';
import { Table } from './table.tsx';

const LONGEST_NAME = 40;
/** A day of hourly windows; the page stays light. */
const MOST_ROWS = 24;

/** The same as the pictures, to read and to open: newest first. */
export function WindowsTable({ windows, caption }: { windows: readonly MonitorWindow[]; caption: string }) {
  return (
    <Table
      caption={caption}
      columns={[
        { header: 'Window until', cell: (window) => <Until window={window} /> },
        {
          header: 'Verdict',
          cell: (window) => {
            const [state, word] = verdictOf(window);
            return <StateMark state={state} word={word} />;
          },
        },
        { header: 'Rows', cell: ({ rows }) => (rows === undefined ? '–' : formatNumber(rows)), isNumber: true },
        {
          header: 'Drifted features',
          cell: ({ driftedShare }) => (driftedShare === undefined ? '–' : formatShare(driftedShare)),
          isNumber: true,
        },
        { header: 'Moved farthest', cell: (window) => <Farthest window={window} /> },
      ]}
      rows={windows.slice(-MOST_ROWS).toReversed()}
    />
  );
}

function Until({ window: { model, environment, window, page } }: { window: MonitorWindow }) {
  const until = <time datetime={window.to}>{formatTime(window.to)}</time>;
  return page === undefined ? until : <a href={windowReportPath(model, environment, window)}>{until}</a>;
}

function verdictOf({ status, verdict }: MonitorWindow): [State, string] {
  if (status === 'failed') return ['bad', 'could not be judged'];
  return verdict === undefined ? ['wait', 'being judged'] : VERDICT_STATES[verdict];
}

function Farthest({ window: { topFeatures, reason } }: { window: MonitorWindow }) {
  if (reason !== undefined) return <bdi>{reason}</bdi>;
  const [first, ...others] = topFeatures ?? [];
  if (first === undefined) return <>–</>;
  return (
    <>
      <bdi>{shorten(first.name, LONGEST_NAME)}</bdi> {formatNumber(first.score)}
      {others.length > 0 && <p>and {countOf(others.length, 'other')}</p>}
    </>
  );
}
