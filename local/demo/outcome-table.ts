import type { Run } from '../../shared/domain/run.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import { plainTable } from './plain-table.ts';

/** One run of the demo, as the table at its end shows it. */
export type Outcome = { run: Run; events: readonly RunEvent[]; liveIn: readonly string[] };

const STAGES = [
  { title: 'train s', from: 'run-accepted', to: ['training-finished', 'training-failed'] },
  { title: 'judge s', from: 'training-finished', to: ['evaluation-judged'] },
  { title: 'register s', from: 'evaluation-judged', to: ['version-registered'] },
  { title: 'review s', from: 'approval-requested', to: ['approval-decided', 'approval-expired'] },
  { title: 'roll out s', from: 'approval-decided', to: ['model-live'] },
] as const;

/** A plain table: one line a run, seconds per stage, `–` where a stage was not reached. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const head = ['run', 'commit', 'outcome', 'version', 'live in', ...STAGES.map(({ title }) => title)];
  const rows = outcomes.map(({ run, events, liveIn }) => [
    run.runId,
    `${run.commit.slice(0, 8)} ${run.commitTitle}`,
    run.status,
    run.registered ? `v${run.registered.version}` : '–',
    liveIn.length > 0 ? liveIn.join(', ') : '–',
    ...STAGES.map((stage) => secondsBetween(events, stage.from, stage.to)),
  ]);
  return plainTable(head, rows, [5, 6, 7, 8, 9]);
}

function secondsBetween(events: readonly RunEvent[], from: string, to: readonly string[]): string {
  const start = events.find(({ type }) => type === from);
  const end = events.find(({ type }) => to.includes(type));
  if (!start || !end) return '–';
  return ((Date.parse(end.at) - Date.parse(start.at)) / 1000).toFixed(1);
}
