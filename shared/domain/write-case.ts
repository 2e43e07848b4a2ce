import type { Case } from './case.ts';
import type { CaseDuty } from './case-duties.ts';
import { countOf } from './format-number.ts';
import { formatTime } from './format-time.ts';
import { code, prose } from './markdown.ts';
import { redact } from './redact.ts';
import { cut } from './run-end.ts';
import { endpointPageOf } from './run-places.ts';

/** What a breached window has to show: sentences and a table in Markdown, and links to files. Nothing captured is in it. */
export type CaseEvidence = { findings: readonly string[]; links: readonly string[] };

type Told = { current: Case; evidence: CaseEvidence; publicUrl: string };

const WHAT: Readonly<Record<Case['signal'], string>> = { drift: 'drifts', latency: 'uses up its latency budget' };

/** The opaque texts by which the case's issue and its notes are found again. */
export function caseMarkerOf({ caseId }: Pick<Case, 'caseId'>, key?: string): string {
  return key === undefined ? `mlops-case:${caseId}` : `mlops-case:${caseId}:${key}`;
}

/** The one issue of a case: what is wrong, since when, with which version, and what to do. */
export function writeCaseIssue({ current, evidence, publicUrl }: Told): { title: string; description: string } {
  const { model, environment, signal, version, commit, firstWindow } = current;
  const headline = `${model} in ${environment} ${WHAT[signal]} (version ${version})`;
  const description = [
    `${headline}, seen first in the traffic from ${formatTime(firstWindow.from)} to ${formatTime(firstWindow.to)}.`,
    '',
    '## What was seen',
    ...evidence.findings,
    '',
    '## Where to look',
    ...evidence.links.map((link) => `- ${link}`),
    `- [The endpoint's page](${endpointPageOf(publicUrl, model, environment)})`,
    `- [The run of version ${version}](${publicUrl}/runs/${current.runId}), commit ${commit}`,
    '',
    '## What to do',
    ...adviceOn(current),
  ];
  return { title: cut(headline, 250), description: redact(description.join('\n')) };
}

function adviceOn({ model, environment, signal }: Case): string[] {
  const rollback = `npm run -s mlops -- rollback --model ${model} --environment ${environment} --reason "…"`;
  const mend =
    signal === 'drift'
      ? 'Find out what changed: the data that is sent, or the world. Mend the sender, or train on data that has the change in it, and push.'
      : 'Find out what became slower or fails: the model, its instance, or more traffic than it was made for.';
  return [
    `1. If answers do harm now, go back to the version before: ${code(rollback)}. That closes nothing here.`,
    `2. ${mend}`,
    '3. To have silence for a while, comment with the line `/mlops snooze 3d` (`h`, `d` or `w`; at most 30 days).',
    '',
    'This issue closes by itself when the windows have recovered. Closing it by hand closes the case; the next breach then opens another.',
  ];
}

type Note = Exclude<CaseDuty, { kind: 'open-issue' }>;

/** What a note says. */
export function writeCaseNote(duty: Note, { current, evidence, publicUrl }: Told): string {
  return redact(linesOf(duty, current, evidence, publicUrl).join('\n'));
}

function linesOf(duty: Note, current: Case, evidence: CaseEvidence, publicUrl: string): string[] {
  switch (duty.kind) {
    case 'close-issue':
      return [
        `Recovered: ${countOf(current.recoveredInARow, 'window')} in a row, up to ${formatTime(current.lastWindow.to)}, after ${countOf(current.breaches, 'breach', 'breaches')}. The case is closed.`,
      ];
    case 'tell-breaches':
      return [
        `It goes on: ${countOf(current.breaches, 'breach', 'breaches')} by now, the newest in the traffic up to ${formatTime(current.lastWindow.to)}.`,
        '',
        ...evidence.findings,
        ...(current.retrainingWaits === undefined ? [] : ['', prose(current.retrainingWaits)]),
        '',
        ...evidence.links.map((link) => `- ${link}`),
      ];
    case 'tell-stopped':
      return [
        `${prose(current.retrainingStopped ?? '')} No more retrainings are started for this case: a person has to look at it.`,
      ];
    case 'tell-unchanged-data':
      return [
        'There is no retraining: the data is still what the live version, or a retraining of this case, has been trained on. It starts by itself at a breach after new data has arrived.',
      ];
    case 'tell-retraining-started':
      return [
        `A retraining has started: ${runLink(duty.runId, publicUrl)} trains commit ${current.commit.slice(0, 12)} on the data of today. Gates, stewards and roll-out are the same as for any run.`,
      ];
    case 'tell-retraining-ended':
      return [retrainingEnd(duty.runId, current, publicUrl)];
  }
}

function retrainingEnd(runId: string, { retrainings }: Case, publicUrl: string): string {
  const end = retrainings.find((retraining) => retraining.runId === runId)?.end;
  const link = runLink(runId, publicUrl);
  if (end?.status === 'live') return `The retraining ${link} is live. The windows from now on show whether it helped.`;
  const why = end?.reason === undefined ? '' : ` ${prose(end.reason)}`;
  return `The retraining ${link} did not go live (${end?.status ?? 'ended'}).${why}`;
}

function runLink(runId: string, publicUrl: string): string {
  return `[run ${runId.slice(0, 8)}](${publicUrl}/runs/${runId})`;
}
