import { formatDuration, formatTime } from '../../shared/domain/format-time.ts';
import type { RunEvent, RunEventType } from '../../shared/domain/run-event.ts';
import { Shape, type State } from './state-mark.tsx';

const STATES: Partial<Record<RunEventType, State>> = {
  'run-refused': 'bad',
  'training-failed': 'bad',
  'training-finished': 'good',
  'version-registered': 'good',
  'approval-requested': 'wait',
  'approval-expired': 'warn',
  'lease-awaited': 'wait',
  'rollout-finished': 'good',
  'rollout-failed': 'bad',
  'endpoint-restored': 'warn',
  'rollback-requested': 'wait',
  'endpoint-rolled-back': 'warn',
  'rollback-failed': 'bad',
  'hold-released': 'good',
  'model-live': 'good',
  'run-routed-back': 'bad',
  'run-superseded': 'warn',
  'run-parked': 'warn',
};

/** A pause shorter than this is not worth a line. */
const GAP_MILLISECONDS = 30_000;

type TimelineProps = {
  events: readonly RunEvent[];
  now: string;
  /** What is being waited for, where the story goes on. */
  awaited?: string | undefined;
};

/** What happened, oldest first; a pause says how long it was, and the last line what is awaited. */
export function Timeline({ events, now, awaited }: TimelineProps) {
  const last = events.at(-1);
  if (last === undefined) return <p class="soft">Nothing has happened yet.</p>;
  return (
    <ol class="timeline">
      {events.map((event, index) => (
        <EventWithPause event={event} before={events[index - 1]} />
      ))}
      {awaited && (
        <li>
          <Shape state="wait" />
          Waiting for {awaited}
          <span class="soft"> · since {formatDuration(Date.parse(now) - Date.parse(last.at))}</span>
        </li>
      )}
    </ol>
  );
}

function EventWithPause({ event, before }: { event: RunEvent; before: RunEvent | undefined }) {
  const pause = before === undefined ? 0 : Date.parse(event.at) - Date.parse(before.at);
  const isNewDay = before === undefined || dayOf(before.at) !== dayOf(event.at);
  return (
    <>
      {pause >= GAP_MILLISECONDS && <li class="gap">{formatDuration(pause)} later</li>}
      {isNewDay && <li class="day">{dayOf(event.at)}</li>}
      <li>
        <Shape state={stateOf(event)} />
        {event.summary}{' '}
        <span class="small soft nowrap">
          <time datetime={event.at}>{clockOf(event.at)}</time>
          {event.environment && ` · ${event.environment}`}
        </span>
      </li>
    </>
  );
}

function stateOf({ type, detail }: RunEvent): State {
  if (type === 'evaluation-judged') return detail.verdict === 'passed' ? 'good' : 'bad';
  if (type === 'approval-decided') return detail.outcome === 'approved' ? 'good' : 'bad';
  return STATES[type] ?? 'plain';
}

function dayOf(at: string): string {
  return formatTime(at).replace(/ \S+ UTC$/, '');
}

function clockOf(at: string): string {
  return `${at.slice(11, 19)} UTC`;
}
