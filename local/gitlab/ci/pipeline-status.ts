import type { Build, RunStatus } from '../rows/jobs.ts';

export const FINISHED: ReadonlySet<RunStatus> = new Set(['success', 'failed', 'canceled', 'skipped']);

/** A failure that is allowed counts as `warning`, a manual job that may be left alone as `ignored`. */
type Counted = RunStatus | 'warning' | 'ignored';

function counted(build: Build): Counted {
  if (!build.allow_failure) return build.status;
  if (build.status === 'failed' || build.status === 'canceled') return 'warning';
  return build.status === 'manual' ? 'ignored' : build.status;
}

/** The first line whose statuses are the only ones there decides. */
const ONLY: [RunStatus, Counted[]][] = [
  ['skipped', ['skipped', 'ignored']],
  ['success', ['success', 'skipped', 'warning', 'ignored']],
  ['created', ['created', 'warning', 'ignored']],
  ['canceled', ['canceled', 'success', 'skipped', 'warning', 'ignored']],
  ['pending', ['pending', 'created', 'skipped', 'warning', 'ignored']],
];

function addUp(statuses: ReadonlySet<Counted>): RunStatus {
  for (const [status, only] of ONLY) if ([...statuses].every((one) => only.includes(one))) return status;
  if (statuses.has('running') || statuses.has('pending')) return 'running';
  if (statuses.has('manual')) return 'manual';
  if (statuses.has('scheduled')) return 'scheduled';
  return statuses.has('created') ? 'running' : 'failed';
}

/** The status of a pipeline, or of a stage, from the newest try of each of its jobs. */
export function compositeStatus(builds: readonly Build[]): RunStatus {
  const statuses = new Set(builds.filter((build) => !build.retried).map(counted));
  return statuses.size === 0 ? 'created' : addUp(statuses);
}

/** What a job's `when` is held against: how the jobs before it ended, taken together. */
function statusBefore(build: Build, earlier: readonly Build[]): RunStatus {
  if (earlier.length === 0) return 'success';
  if (!build.definition?.needs) return compositeStatus(earlier);
  const statuses = new Set(earlier.map(counted));
  // A needed job that doesn't run at all takes along those that need it.
  if (statuses.has('skipped') || statuses.has('ignored')) return 'skipped';
  return earlier.every((other) => FINISHED.has(other.status)) ? addUp(statuses) : 'pending';
}

type Readiness = 'wait' | 'run' | 'skip' | 'manual' | 'delay';

/** What is to be done with a job that was created, given the jobs that it comes after. */
export function readiness(build: Build, earlier: readonly Build[]): Readiness {
  const when = build.definition?.when ?? 'on_success';
  const before = statusBefore(build, earlier);
  if (!FINISHED.has(before)) return 'wait';
  if (when === 'always') return before === 'canceled' ? 'skip' : 'run';
  if (when === 'on_failure') return before === 'failed' ? 'run' : 'skip';
  const good = before === 'success' || (before === 'skipped' && !build.definition?.needs);
  if (!good) return 'skip';
  return when === 'manual' ? 'manual' : when === 'delayed' ? 'delay' : 'run';
}

/** The jobs that a job waits for: those it needs, or all of the earlier stages. */
export function earlierJobs(build: Build, all: readonly Build[], stages: readonly string[]): Build[] {
  const newest = all.filter((other) => !other.retried && other.id !== build.id && other.kind === 'job');
  const needs = build.definition?.needs;
  if (needs) return newest.filter((other) => needs.some((need) => need.job === other.name));
  const stage = stages.indexOf(build.stage);
  return newest.filter((other) => stages.indexOf(other.stage) < stage);
}

/** The skipped jobs that come after a job, directly or through others: when it runs again, they get another chance. */
export function skippedAfter(build: Build, all: readonly Build[], stages: readonly string[]): Build[] {
  const revived = new Set([build.name]);
  const skipped = all.filter((other) => other.status === 'skipped' && !other.retried && other.kind === 'job');
  for (let before = -1; before !== revived.size; ) {
    before = revived.size;
    for (const other of skipped)
      if (earlierJobs(other, all, stages).some((one) => revived.has(one.name))) revived.add(other.name);
  }
  return skipped.filter((other) => other.name !== build.name && revived.has(other.name));
}

/** The jobs whose artifacts a job is given. */
export function artifactSources(build: Build, all: readonly Build[], stages: readonly string[]): Build[] {
  const definition = build.definition;
  const earlier = earlierJobs(build, all, stages);
  if (definition?.dependencies) return earlier.filter((other) => definition.dependencies?.includes(other.name));
  if (!definition?.needs) return earlier;
  return earlier.filter((other) => definition.needs?.some((need) => need.job === other.name && need.artifacts));
}

/** A job that ended can be tried again, but not one that never ran. */
export const isRetryable = (build: Build): boolean =>
  !build.retried && build.kind === 'job' && ['success', 'failed', 'canceled'].includes(build.status);

/** Whether `play` starts it: a job that waits for a person or a time, or such a one that has run before. */
export const isPlayable = (build: Build): boolean =>
  ['manual', 'delayed'].includes(build.definition?.when ?? '') &&
  (build.status === 'manual' || build.status === 'scheduled' || isRetryable(build));
