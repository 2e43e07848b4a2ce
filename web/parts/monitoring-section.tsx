import { BURN_WINDOW_NAMES } from '../../shared/domain/burn-rate.ts';
import { DRIFTED_FROM } from '../../shared/domain/drift/thresholds.ts';
import { formatNumber } from '../../shared/domain/format-number.ts';
import { formatTime } from '../../shared/domain/format-time.ts';
import type { LatencyReading } from '../../shared/domain/latency-reading.ts';
import type { MonitorWindow } from '../../shared/domain/monitor-window.ts';
import { type MonitoringHistory, windowReportPath } from '../../shared/domain/monitoring-history.ts';
import { DriftHistory } from '../charts/drift-history.tsx';
import { LatencyHistory, preciseShare } from '../charts/latency-history.tsx';
import { VERDICT_STATES } from '../report/verdict-states.ts';
import { CaseNote } from './case-note.tsx';
import { describeDriftWatch, describeLatencyWatch } from './describe-watch.ts';
import { type State, StateMark } from './state-mark.tsx';
import { Distance } from './time.tsx';
import { WindowsTable } from './windows-table.tsx';

type MonitoringSectionProps = {
  history: MonitoringHistory;
  now: string;
  /** Among other environments one is the main one. All of them have their tables on pages of their own, so that this one stays light. */
  extent?: Extent;
};

type Extent = 'whole' | 'main' | 'brief';
/** With the share of drifted features they fill whole rows of four. */
const FEATURES: Record<Extent, number> = { whole: 7, main: 7, brief: 3 };

/** What the monitor saw in one environment: drift, then latency, each with its case, its pictures and its numbers. */
export function MonitoringSection({ history, now, extent = 'whole' }: MonitoringSectionProps) {
  const { watched, windows, readings, environment } = history;
  if (watched?.monitors === false && windows.length + readings.length === 0) {
    return (
      <div class="card">
        <h3>{environment} is not watched</h3>
        <p>No schedule, because the policy of v{watched.version} has no monitoring.</p>
      </div>
    );
  }
  return (
    <>
      <Drift history={history} now={now} extent={extent} />
      <Latency history={history} now={now} />
    </>
  );
}

function Drift({ history, now, extent = 'whole' }: MonitoringSectionProps) {
  const { windows, watched, environment, cases } = history;
  const newest = windows.findLast(({ status }) => status !== 'planned');
  const found = cases.findLast(({ signal }) => signal === 'drift');
  return (
    <div class="card">
      <h3>
        Drift in {environment} {newest && <Verdict newest={newest} />}
      </h3>
      <p>{describeDriftWatch(watched)}</p>
      {found && <CaseNote found={found} now={now} />}
      {newest && <DriftEvidence history={history} newest={newest} now={now} extent={extent} />}
      {newest === undefined && watched?.drift && <p class="soft">No window was looked at yet.</p>}
    </div>
  );
}

function DriftEvidence({ history, newest, now, extent = 'whole' }: MonitoringSectionProps & { newest: MonitorWindow }) {
  const { windows, watched, environment, model } = history;
  const first = windows[0] ?? newest;
  const reported = windows.findLast(({ page }) => page !== undefined);
  return (
    <>
      <DriftHistory windows={windows} drift={watched?.drift} mostFeatures={FEATURES[extent]} />
      <p class="small soft">
        {formatTime(first.window.to)} to {formatTime(newest.window.to)}. Distances are Wasserstein-1 / σ of numbers and
        L∞ of categories, all on one scale; dashed: {DRIFTED_FROM.wassersteinOverSigma}, from where a feature drifts.
      </p>
      {reported && (
        <p>
          <a href={windowReportPath(model, environment, reported.window)}>Open the newest report</a>, of the window that
          ended <Distance at={reported.window.to} now={now} />
        </p>
      )}
      {extent === 'whole' ? (
        <details>
          <summary>The windows as a table, with their reports</summary>
          <WindowsTable windows={windows} caption={`Windows of ${environment}, newest first`} />
        </details>
      ) : (
        <p>
          <a href={`/models/${model}/environments/${environment}`}>All windows of {environment}</a>
        </p>
      )}
    </>
  );
}

function Verdict({ newest: { status, verdict } }: { newest: MonitorWindow }) {
  const [state, word]: [State, string] =
    status === 'failed' || verdict === undefined ? ['bad', 'could not be judged'] : VERDICT_STATES[verdict];
  return <StateMark state={state} word={word} />;
}

function Latency({ history, now }: MonitoringSectionProps) {
  const { readings, watched, environment, cases } = history;
  const [first, ...others] = readings;
  const newest = readings.at(-1);
  const found = cases.findLast(({ signal }) => signal === 'latency');
  return (
    <div class="card">
      <h3>
        Latency and errors in {environment} {newest && <Burning reading={newest} />}
      </h3>
      <p>{describeLatencyWatch(watched)}</p>
      {found && <CaseNote found={found} now={now} />}
      {first && newest && <LatencyEvidence readings={[first, ...others]} newest={newest} now={now} />}
      {first === undefined && watched?.latency && <p class="soft">Nothing was measured yet.</p>}
    </div>
  );
}

type LatencyEvidenceProps = { readings: [LatencyReading, ...LatencyReading[]]; newest: LatencyReading; now: string };

function LatencyEvidence({ readings, newest, now }: LatencyEvidenceProps) {
  const { objective, readUpTo, invocations } = newest;
  return (
    <>
      <LatencyHistory readings={readings} />
      <p class="small soft">
        Hour by hour from {formatTime(readings[0].hour)}; dashed: the objective, {preciseShare(objective.target)} within{' '}
        {objective.withinMs} ms. Newest reading: <Distance at={readUpTo} now={now} />, {formatNumber(invocations)}{' '}
        requests in its hour.
      </p>
      <BurnRates reading={newest} />
    </>
  );
}

function Burning({ reading: { page, ticket, errorPage, goodShare } }: { reading: LatencyReading }) {
  if (page || errorPage) return <StateMark state="bad" word="budget burns fast" />;
  if (ticket) return <StateMark state="warn" word="budget burns" />;
  return goodShare === undefined ? <StateMark state="plain" word="no traffic" /> : <StateMark state="good" word="ok" />;
}

/** How many times as fast as the objective allows errors and slow answers use up the budget. */
function BurnRates({ reading: { burnRates } }: { reading: LatencyReading }) {
  const told = BURN_WINDOW_NAMES.filter((window) => burnRates.latency[window] !== undefined);
  if (told.length === 0) return null;
  return (
    <p class="small">
      Burn rate{' '}
      {told.map((window, at) => (
        <>
          {at > 0 && ' · '}
          <span class="nowrap">
            {window} <strong>{formatNumber(burnRates.latency[window] ?? 0)}×</strong>
          </span>
        </>
      ))}{' '}
      <span class="soft">(pages at 14.4× over 1h and 5m, or 6× over 6h and 30m)</span>
    </p>
  );
}
