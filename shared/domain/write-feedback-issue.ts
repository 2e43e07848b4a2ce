import { formatThreshold } from './format-number.ts';
import type { GateResult, GateVerdict } from './gate-verdict.ts';
import { code, prose } from './markdown.ts';
import { redact } from './redact.ts';
import type { Run } from './run.ts';
import { cut, type RunEnd } from './run-end.ts';
import { runPageOf } from './run-places.ts';

type Told = { run: Run; end: RunEnd; verdict: GateVerdict | undefined; publicUrl: string };

/** Rows of the gate table; a policy has at most 60 gates, but a wildcard may stand for many metrics. */
const MOST_ROWS = 100;

const HEADLINES: Readonly<Record<RunEnd['outcome'], string>> = {
  rejected: 'did not pass',
  inconclusive: 'could not be judged',
  failed: 'failed',
  blocked: 'was blocked',
  expired: 'was not decided in time',
  superseded: 'was superseded',
  faulted: 'met a fault',
  live: 'is live',
};

/** The opaque text by which the run's one issue is found again. */
export function issueMarkerOf(run: Pick<Run, 'runId'>): string {
  return `mlops-run:${run.runId}`;
}

/** The issue that takes a run back to its author: what failed with its numbers, and where to look. Written by people or models is escaped. */
export function writeFeedbackIssue({ run, end, verdict, publicUrl }: Told): { title: string; description: string } {
  const headline = headlineOf(run, end);
  const report =
    run.report === undefined ? [] : [`- Report: ${code(run.report.uri)} (SHA-256 ${code(run.report.sha256)})`];
  const description = [
    `${headline}. What was live stays live.`,
    '',
    '## Why',
    ...end.reasons.map((reason) => `- ${prose(reason)}`),
    ...gateTable(verdict),
    '',
    '## Where to look',
    `- [The run's page](${runPageOf(publicUrl, run)})`,
    `- Commit ${run.commit} (${prose(run.commitTitle)}), [pipeline ${run.pipelineId}](${run.pipelineUrl})`,
    ...report,
    '',
    'A push that mends this starts a new run. This issue was opened once, for this run alone.',
  ];
  return { title: cut(`${headline}: ${run.commitTitle}`, 250), description: redact(description.join('\n')) };
}

function headlineOf(run: Run, { outcome, environment }: RunEnd): string {
  const what =
    run.registered === undefined ? `A candidate of ${run.model}` : `Version ${run.registered.version} of ${run.model}`;
  const where = environment === undefined ? '' : ` in ${environment}`;
  const verb = outcome === 'rejected' && run.reviewId !== undefined ? 'was rejected by a steward' : HEADLINES[outcome];
  return `${what} ${verb}${where}`;
}

function gateTable(verdict: GateVerdict | undefined): string[] {
  if (verdict === undefined || verdict.results.length === 0) return [];
  const more = verdict.results.length - MOST_ROWS;
  return [
    '',
    '## Gates',
    '| Result | Metric | Value | Needed | Champion | Rows | Set by |',
    '|---|---|---|---|---|---|---|',
    ...verdict.results.slice(0, MOST_ROWS).map(gateRow),
    ...(more > 0 ? ['', `… and ${more} more; see the run's page.`] : []),
  ];
}

const MARKS: Readonly<Record<GateResult['result'], string>> = {
  passed: '✓ passed',
  rejected: '✕ failed',
  inconclusive: '! cannot tell',
};

function gateRow({ result, metric, operator, value, threshold, champion, rows, origin }: GateResult): string {
  const needed = threshold === undefined ? '–' : `${operator} ${formatThreshold(Number(threshold.toPrecision(6)))}`;
  const cells = [
    MARKS[result],
    code(metric),
    shown(value),
    needed,
    shown(champion),
    shown(rows),
    origin === 'floor' ? 'the platform' : 'the policy',
  ];
  return `| ${cells.join(' | ')} |`;
}

function shown(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(6)));
}
