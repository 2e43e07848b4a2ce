import type { OnboardingRecord } from './onboarding.ts';

/** What the rules ask of a reported pipeline. */
export type PipelineFacts = {
  project: { id: number; path: string };
  pipeline: { ref: string; tag: boolean; source: string; status: string; protectedRef?: boolean | undefined };
  isChild: boolean;
  jobs: readonly { name: string; status: string }[];
};

type Acceptance = { outcome: 'accepted' } | { outcome: 'ignored'; reason: string };

/** The job of the CI template that uploads the script bundle. */
const PACKAGE_JOB = 'package';

/** Whether a reported pipeline may become a run. Whatever does not is recorded with the reason. */
export function decideOnPipeline(
  { project, pipeline, isChild, jobs }: PipelineFacts,
  record: OnboardingRecord | undefined,
): Acceptance {
  if (pipeline.status !== 'success')
    return ignored(`The pipeline is ${pipeline.status}; only a successful one starts a run.`);
  if (pipeline.source === 'external') return ignored('The pipeline is external: a commit status made it, not a push.');
  if (isChild || pipeline.source === 'parent_pipeline')
    return ignored('Another pipeline started this one; only a pipeline of its own starts a run.');
  if (pipeline.source === 'merge_request_event')
    return ignored('The pipeline belongs to a merge request; a run starts when it is merged.');
  if (!record)
    return ignored(
      `The project ${project.path} (id ${project.id}) is not onboarded: ask the platform team for an onboarding record.`,
    );
  if (pipeline.tag) return ignored(`${pipeline.ref} is a tag; a run starts from a branch.`);
  if (!record.allowedRefs.includes(pipeline.ref)) {
    return ignored(
      `The branch ${pipeline.ref} starts no run of ${record.model}; allowed: ${record.allowedRefs.join(', ')}.`,
    );
  }
  if (pipeline.protectedRef === false)
    return ignored(`The branch ${pipeline.ref} is not protected: protect it in GitLab.`);
  const job = jobs.find(({ name }) => name === PACKAGE_JOB);
  if (!job) return ignored(`The pipeline has no job \`${PACKAGE_JOB}\`: include the platform's CI template.`);
  if (job.status !== 'success') return ignored(`The job \`${PACKAGE_JOB}\` is ${job.status}; it must have succeeded.`);
  return { outcome: 'accepted' };
}

function ignored(reason: string): Acceptance {
  return { outcome: 'ignored', reason };
}
