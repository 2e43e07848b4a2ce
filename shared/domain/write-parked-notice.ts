import type { Run } from './run.ts';
import { cut } from './run-end.ts';
import { runPageOf } from './run-places.ts';

/** SNS takes subjects of less than 100 characters. */
const LONGEST_SUBJECT = 99;

/** The mail to on-call about a run that can't go on: what happened, what it means, what to do. */
export function writeParkedNotice(
  run: Run,
  reasons: readonly string[],
  publicUrl: string,
): { subject: string; text: string } {
  const lines = [
    `A run of ${run.model} is parked. Nothing is lost, and what is live stays live.`,
    '',
    'Why:',
    ...reasons.map((reason) => `- ${reason}`),
    '',
    'What to do: remove the cause (capacity, quota, permission, outage), then let a Maintainer of the project press Retry on the page below.',
    'The run goes on from its last good step; nothing is trained twice that was trained well.',
    '',
    `Run: ${runPageOf(publicUrl, run)}`,
    `Commit: ${run.commit.slice(0, 12)} of ${run.projectPath} (${run.ref}), attempt ${run.attempt}`,
  ];
  return {
    subject: cut(`[parked] ${run.model}: run ${run.runId} needs on-call`, LONGEST_SUBJECT),
    text: lines.join('\n'),
  };
}
