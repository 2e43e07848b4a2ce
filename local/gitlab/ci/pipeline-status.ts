import type { Build, RunStatus } from '../rows.ts';

export const FINISHED: ReadonlySet<RunStatus> = new Set(['success', 'failed', 'canceled', 'skipped']);

const mayFail = (build: Build) => build.allow_failure && (build.status === 'failed' || build.status === 'canceled');
const optionalManual = (build: Build) => build.status === 'manual' && build.allow_failure;

/** The status of a pipeline, or of a stage, from the newest try of each of its jobs. */
export function compositeStatus(builds: readonly Build[]): RunStatus {
  const counted = builds.filter((build) => !build.retried && !optionalManual(build));
  if (counted.length === 0) return builds.length === 0 ? 'created' : 'skipped';
  const any = (...statuses: RunStatus[]) => counted.some((build) => statuses.includes(build.status) && !mayFail(build));
  const started = counted.some((build) => FINISHED.has(build.status) && build.status !== 'skipped');
  if (any('running')) return 'running';
  if (any('pending')) return started ? 'running' : 'pending';
  if (any('created')) return any('manual') ? 'manual' : started ? 'running' : 'created';
  if (any('manual')) return 'manual';
  if (any('canceled')) return 'canceled';
  if (any('failed')) return 'failed';
  return counted.every((build) => build.status === 'skipped') ? 'skipped' : 'success';
}

type Readiness = 'wait' | 'run' | 'skip' | 'manual';

/** What is to be done with a job that was created, given the jobs that it comes after. */
export function readiness(build: Build, earlier: readonly Build[]): Readiness {
  const when = build.definition?.when ?? 'on_success';
  const done = earlier.every((other) => FINISHED.has(other.status) || optionalManual(other));
  if (!done) return 'wait';
  const failed = earlier.some((other) => ['failed', 'canceled'].includes(other.status) && !mayFail(other));
  const blocked = earlier.some((other) => other.status === 'skipped' && other.definition?.when !== 'on_failure');
  if (when === 'always') return 'run';
  if (when === 'on_failure') return failed ? 'run' : 'skip';
  if (failed || blocked) return 'skip';
  return when === 'manual' ? 'manual' : 'run';
}

/** The jobs that a job waits for: those it needs, or all of the earlier stages. */
export function earlierJobs(build: Build, all: readonly Build[], stages: readonly string[]): Build[] {
  const newest = all.filter((other) => !other.retried && other.id !== build.id && other.kind === 'job');
  const needs = build.definition?.needs;
  if (needs) return newest.filter((other) => needs.some((need) => need.job === other.name));
  const stage = stages.indexOf(build.stage);
  return newest.filter((other) => stages.indexOf(other.stage) < stage);
}

/** The jobs whose artifacts a job is given. */
export function artifactSources(build: Build, all: readonly Build[], stages: readonly string[]): Build[] {
  const definition = build.definition;
  const earlier = earlierJobs(build, all, stages);
  if (definition?.dependencies) return earlier.filter((other) => definition.dependencies?.includes(other.name));
  if (!definition?.needs) return earlier;
  return earlier.filter((other) => definition.needs?.some((need) => need.job === other.name && need.artifacts));
}
