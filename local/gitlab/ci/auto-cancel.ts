import type { Build } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import { FINISHED } from './pipeline-status.ts';

/** Whether an older pipeline became useless by a new one: same ref, another commit, and not what the ref points at. */
export function isRedundant(older: Pipeline, newer: Pipeline, headSha: string | undefined): boolean {
  return (
    older.project_id === newer.project_id &&
    older.ref === newer.ref &&
    older.tag === newer.tag &&
    older.id < newer.id &&
    older.sha !== newer.sha &&
    older.sha !== headSha &&
    older.source !== 'external' &&
    !FINISHED.has(older.status)
  );
}

const open = (builds: readonly Build[]) =>
  builds.filter((build) => build.kind === 'job' && !build.retried && !FINISHED.has(build.status));

const isInterruptible = (build: Build) => build.definition?.interruptible === true;
const STARTED = ['running', 'success', 'failed'];

/** The jobs of a redundant pipeline that end: by default all, unless one has started that may not be interrupted. */
export function endedByNewCommit(pipeline: Pipeline, builds: readonly Build[]): Build[] {
  const rule = pipeline.auto_cancel?.on_new_commit ?? 'conservative';
  if (rule === 'none') return [];
  if (rule === 'interruptible') return open(builds).filter(isInterruptible);
  const held = builds.some(
    (build) => build.kind === 'job' && STARTED.includes(build.status) && !isInterruptible(build),
  );
  return held ? [] : open(builds);
}

/** The jobs that end because another one of their pipeline failed. */
export function endedByFailure(pipeline: Pipeline, builds: readonly Build[]): Build[] {
  return pipeline.auto_cancel?.on_job_failure === 'all' ? open(builds) : [];
}
