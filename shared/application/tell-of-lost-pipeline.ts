import type { PipelineReported } from '../../events/contracts/pipeline-reported.ts';
import { redact } from '../domain/redact.ts';
import { cut } from '../domain/run-end.ts';
import type { Notices } from '../ports/notices.ts';
import type { Onboarding } from '../ports/onboarding.ts';

export type TellOfLostPipelineDeps = {
  onboarding: Pick<Onboarding, 'ofProject'>;
  notices: Pick<Notices, 'tellOnCall'>;
};

/** Tells the model's on-call of a green pipeline that became no run: no run is there to be parked, and its author waits. */
export async function tellOfLostPipeline(
  { project, pipeline }: PipelineReported,
  error: unknown,
  { onboarding, notices }: TellOfLostPipelineDeps,
): Promise<void> {
  const record = onboarding.ofProject(project.id);
  if (record === undefined) return;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const text = [
    `Pipeline ${pipeline.id} of ${record.model} has led to no run. What is live stays live.`,
    '',
    `Why: ${cut(redact(why), 1000)}`,
    '',
    'What to do: remove the cause (a right of the control plane or of its GitLab token, an outage), then redrive the dead-letter queue of acceptPipeline. The runbook docs/runbooks/dead-letters.md says how.',
    '',
    ...(pipeline.url === undefined ? [] : [`Pipeline: ${pipeline.url}`]),
    `Commit: ${pipeline.sha.slice(0, 12)} of ${record.project.path} (${pipeline.ref})`,
  ];
  await notices.tellOnCall(record.groups.onCall, {
    subject: cut(`[no run] ${record.model}: pipeline ${pipeline.id} needs on-call`, 99),
    text: text.join('\n'),
  });
}
