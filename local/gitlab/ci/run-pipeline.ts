import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { finishJobDeployment, startJobDeployment } from '../deployments.ts';
import { recordPushes } from '../git/detect-pushes.ts';
import { jobPayload } from '../hooks/payload-job.ts';
import { readHookCommit } from '../hooks/payload-parts.ts';
import { pipelinePayload } from '../hooks/payload-pipeline.ts';
import { MergeError, mergeNow, mergeStatus } from '../merge-requests.ts';
import type { Build } from '../rows/jobs.ts';
import type { Pipeline, PushEvent } from '../rows/pipelines.ts';
import type { World } from '../world.ts';
import { endedByFailure, endedByNewCommit, isRedundant } from './auto-cancel.ts';
import { createPipeline, NoPipelineError, type PipelineRequest } from './create-pipeline.ts';
import { momentAfter } from './duration.ts';
import { compositeStatus, earlierJobs, FINISHED, readiness, skippedAfter } from './pipeline-status.ts';
import { type JobResult, type RunningJob, startJob } from './run-job.ts';
import { takePush } from './take-push.ts';
import { Timetable } from './timetable.ts';
import { wantsNewTry } from './wants-new-try.ts';

const JOBS_AT_ONCE = 2;

/** Turns pushes into pipelines and runs their jobs, two at a time. */
export class PipelineRunner {
  readonly #world: () => World;
  readonly #running = new Map<number, RunningJob>();
  /** The status of each job that the hooks know of. */
  readonly #toldOf = new Map<number, string>();
  readonly #commits = new Map<string, Awaited<ReturnType<typeof readHookCommit>>>();
  readonly #delayed = new Timetable((buildId) => this.#startDelayed(buildId));
  #creating: Promise<unknown> = Promise.resolve();
  #stopping = false;

  constructor(world: () => World) {
    this.#world = world;
  }

  /** After a start: pushes that nobody was told of, then jobs that were cut off, which run again from their beginning. */
  async resume(): Promise<void> {
    const world = this.#world();
    for (const folder of ['builds', 'parsing']) rmSync(join(world.stateDir, folder), { recursive: true, force: true });
    for (const project of world.db.projects.all()) {
      await world.repositories.ensure(project);
      await recordPushes(world, project, project.pushing_user_id ?? project.creator_id, []);
    }
    const open = world.db.pipelines.filter((pipeline) => !FINISHED.has(pipeline.status));
    for (const pipeline of open) await this.rememberCommit(pipeline);
    for (const build of world.db.builds.filter((row) => row.kind === 'job' && row.status === 'running')) {
      world.db.builds.update(build.id, { status: 'pending', started_at: null });
    }
    for (const build of world.db.builds.all()) this.#toldOf.set(build.id, build.status);
    for (const build of world.db.builds.filter((row) => row.status === 'scheduled' && row.scheduled_at !== undefined))
      this.#delayed.add(build.id, Date.parse(build.scheduled_at ?? '') - world.now().getTime());
    for (const pipeline of open) if (pipeline.source !== 'external') this.advance(pipeline.id);
    this.takePushes();
  }

  /** Announces every new push and makes its pipeline, one after the other. */
  takePushes(): void {
    void this.#inTurn(async () => {
      const { db } = this.#world();
      const waiting = db.pushEvents.filter((event) => !event.processed).sort((a, b) => a.id - b.id);
      for (const event of waiting) if (!this.#stopping) await this.#takePushOrKeepIt(event);
    });
  }

  /** Resolves when all pushes so far have their pipelines. */
  async pushesTaken(): Promise<void> {
    await this.#creating;
  }

  create(request: PipelineRequest): Promise<Pipeline> {
    return this.#inTurn(async () => {
      const pipeline = await createPipeline(this.#world(), request);
      this.#endOlder(pipeline);
      return this.#begin(pipeline);
    });
  }

  /** Removes a pipeline and its jobs once their processes have ended. */
  async forget(pipeline: Pipeline): Promise<void> {
    const { db } = this.#world();
    const builds = this.#builds(pipeline.id);
    await Promise.all(builds.map((build) => this.#running.get(build.id)?.ended));
    for (const build of builds) {
      this.#toldOf.delete(build.id);
      db.builds.remove(build.id);
    }
    db.pipelines.remove(pipeline.id);
  }

  /** Moves a pipeline on as far as its jobs allow. */
  advance(pipelineId: number): void {
    if (this.#stopping) return;
    while (this.#settleOneJob(pipelineId)) this.refresh(pipelineId);
    this.refresh(pipelineId);
    this.#fillSlots();
  }

  /** Gives the pipeline the status that its jobs and statuses add up to, and tells the hooks of a change. */
  refresh(pipelineId: number): void {
    const { db, now } = this.#world();
    const pipeline = db.pipelines.get(pipelineId);
    if (!pipeline) return;
    this.#announceJobs(pipeline);
    const status = compositeStatus(this.#builds(pipelineId));
    if (status === pipeline.status || status === 'created') return;
    const time = now().toISOString();
    const changed = db.pipelines.update(pipelineId, {
      status,
      updated_at: time,
      started_at: pipeline.started_at ?? (status === 'pending' ? null : time),
      finished_at: FINISHED.has(status) ? time : null,
    });
    this.announce(changed);
    if (status === 'success')
      this.#mergeWhatWaited(changed).catch((error: unknown) =>
        console.error(`what waited for pipeline ${pipelineId} could not be merged:`, error),
      );
  }

  /** Tells the job hooks of every job whose status they don't know. */
  #announceJobs(pipeline: Pipeline): void {
    const world = this.#world();
    const commit = this.#commits.get(pipeline.sha) ?? null;
    for (const build of this.#builds(pipeline.id)) {
      if (build.kind !== 'job' || this.#toldOf.get(build.id) === build.status) continue;
      this.#toldOf.set(build.id, build.status);
      world.deliveries.announce(pipeline.project_id, 'job_events', () => jobPayload(world, build, commit));
    }
  }

  /** Merge requests that were to be merged as soon as this pipeline succeeds. */
  async #mergeWhatWaited(pipeline: Pipeline): Promise<void> {
    const world = this.#world();
    const waiting = world.db.mergeRequests.filter(
      (row) => row.project_id === pipeline.project_id && row.state === 'opened' && row.sha === pipeline.sha,
    );
    for (const row of waiting) {
      const user = row.auto_merge_user_id === null ? undefined : world.db.users.get(row.auto_merge_user_id);
      try {
        if (!user || (await mergeStatus(world, row)) !== 'mergeable') continue;
        await mergeNow(world, row, user, {}, async (project, userId) => {
          const events = await recordPushes(world, world.db.projects.require(project.id), userId, []);
          if (events.length > 0) this.takePushes();
        });
      } catch (error) {
        if (!(error instanceof MergeError)) throw error;
        world.db.mergeRequests.update(row.id, { auto_merge_user_id: null });
      }
    }
  }

  announce(pipeline: Pipeline): void {
    const world = this.#world();
    const commit = this.#commits.get(pipeline.sha) ?? null;
    world.deliveries.announce(pipeline.project_id, 'pipeline_events', () => pipelinePayload(world, pipeline, commit));
  }

  async rememberCommit(pipeline: Pipeline): Promise<void> {
    const world = this.#world();
    if (this.#commits.has(pipeline.sha)) return;
    const project = world.db.projects.require(pipeline.project_id);
    this.#commits.set(pipeline.sha, await readHookCommit(world, project, pipeline.sha));
  }

  /** Starts a job that waits for a person or a time; one that has run before gets a new try. */
  play(build: Build): Build {
    if (FINISHED.has(build.status)) return this.retry(build);
    const { db, now } = this.#world();
    db.builds.update(build.id, { status: 'pending', queued_at: now().toISOString() });
    return this.#goOn(build, build.id);
  }

  /** A new try of a finished job. */
  retry(build: Build): Build {
    return this.#goOn(build, this.#tryAgain(build).id);
  }

  /** New tries of all that failed or was canceled; they, and what was skipped, wait for their turn as at first. */
  retryPipeline(pipelineId: number): void {
    const { db } = this.#world();
    for (const build of this.#builds(pipelineId)) {
      if (build.kind !== 'job' || build.retried) continue;
      if (build.status === 'failed' || build.status === 'canceled') this.#tryAgain(build, 'created');
      if (build.status === 'skipped') db.builds.update(build.id, { status: 'created', finished_at: null });
    }
    this.advance(pipelineId);
  }

  /** What was skipped because of a job that now runs after all gets another chance. */
  #goOn(build: Build, id: number): Build {
    const { db } = this.#world();
    const { stages } = db.pipelines.require(build.pipeline_id);
    for (const other of skippedAfter(build, this.#builds(build.pipeline_id), stages))
      db.builds.update(other.id, { status: 'created', finished_at: null });
    this.advance(build.pipeline_id);
    return db.builds.require(id);
  }

  #startDelayed(buildId: number): void {
    const build = this.#world().db.builds.get(buildId);
    if (!this.#stopping && build?.status === 'scheduled') this.play(build);
  }

  /** Ends several jobs of one pipeline, without any of them starting because another one ended. */
  cancelJobs(builds: readonly Build[]): void {
    const { db, now } = this.#world();
    const finished_at = now().toISOString();
    for (const build of builds)
      if (build.status !== 'running') db.builds.update(build.id, { status: 'canceled', finished_at });
    for (const build of builds) this.cancel(db.builds.require(build.id));
  }

  cancel(build: Build): void {
    const { db, now } = this.#world();
    const running = this.#running.get(build.id);
    if (running) {
      running.cancel();
      return;
    }
    if (!FINISHED.has(build.status))
      db.builds.update(build.id, { status: 'canceled', finished_at: now().toISOString() });
    this.advance(build.pipeline_id);
  }

  /** Ends the jobs' processes; the jobs themselves run again after the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#delayed.clear();
    const jobs = [...this.#running.values()];
    for (const job of jobs) job.cancel();
    await Promise.all(jobs.map((job) => job.ended));
    await this.#creating;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#creating.then(work);
    this.#creating = result.catch((error: unknown) => {
      if (!(error instanceof NoPipelineError)) console.error(error);
    });
    return result;
  }

  /** A push whose pipeline could not be made, such as by a stop in between, is taken up again at the next occasion. */
  async #takePushOrKeepIt(event: PushEvent): Promise<void> {
    try {
      const pipeline = await takePush(this.#world(), event);
      if (!pipeline) return;
      this.#endOlder(pipeline);
      await this.#begin(pipeline);
    } catch (error) {
      console.error(`push ${event.id} could not be processed:`, error);
    }
  }

  /** A new pipeline ends older ones of its ref, as far as they let it. */
  #endOlder(pipeline: Pipeline): void {
    if (FINISHED.has(pipeline.status)) return;
    const { db } = this.#world();
    const project = db.projects.require(pipeline.project_id);
    if (project.settings.auto_cancel_pending_pipelines === 'disabled') return;
    const head = project.known_refs[`refs/${pipeline.tag ? 'tags' : 'heads'}/${pipeline.ref}`];
    for (const older of db.pipelines.filter((other) => isRedundant(other, pipeline, head)))
      this.cancelJobs(endedByNewCommit(older, this.#builds(older.id)));
  }

  async #begin(pipeline: Pipeline): Promise<Pipeline> {
    await this.rememberCommit(pipeline);
    this.#announceJobs(pipeline);
    if (FINISHED.has(pipeline.status)) this.announce(pipeline);
    else this.advance(pipeline.id);
    return this.#world().db.pipelines.require(pipeline.id);
  }

  #builds(pipelineId: number): Build[] {
    return this.#world().db.builds.filter((build) => build.pipeline_id === pipelineId);
  }

  /** Decides one job that is still `created`; false when none can be decided. */
  #settleOneJob(pipelineId: number): boolean {
    const { db, now } = this.#world();
    const stages = db.pipelines.get(pipelineId)?.stages;
    if (!stages) return false;
    const builds = this.#builds(pipelineId);
    for (const build of builds) {
      if (build.status !== 'created' || build.kind !== 'job') continue;
      const decision = readiness(build, earlierJobs(build, builds, stages));
      if (decision === 'wait') continue;
      const time = now().toISOString();
      if (decision === 'run') db.builds.update(build.id, { status: 'pending', queued_at: time });
      if (decision === 'manual') db.builds.update(build.id, { status: 'manual' });
      if (decision === 'delay') {
        const waitMs = (build.definition?.startInSeconds ?? 0) * 1000;
        db.builds.update(build.id, {
          status: 'scheduled',
          scheduled_at: momentAfter(now(), waitMs / 1000) ?? time,
        });
        this.#delayed.add(build.id, waitMs);
      }
      if (decision === 'skip') db.builds.update(build.id, { status: 'skipped', finished_at: time });
      return true;
    }
    return false;
  }

  #fillSlots(): void {
    const { db, now } = this.#world();
    const pending = db.builds
      .filter((build) => build.kind === 'job' && build.status === 'pending')
      .sort((a, b) => a.id - b.id);
    for (const build of pending) {
      if (this.#stopping || this.#running.size >= JOBS_AT_ONCE || !build.definition) return;
      const started = db.builds.update(build.id, { status: 'running', started_at: now().toISOString() });
      startJobDeployment(this.#world(), started);
      const job = startJob(this.#world(), started, build.definition);
      this.#running.set(build.id, job);
      job.ended
        .then((result) => this.#finish(started, result))
        .catch((error: unknown) => console.error(`after job ${build.id} its pipeline could not go on:`, error));
      this.refresh(build.pipeline_id);
    }
  }

  #finish(build: Build, result: JobResult): void {
    this.#running.delete(build.id);
    const { db, now } = this.#world();
    if (this.#stopping || !db.builds.get(build.id)) return;
    try {
      this.#record(build, result);
    } catch (error) {
      console.error(`the end of job ${build.id} could not be recorded:`, error);
      const failed = db.builds.update(build.id, {
        status: 'failed',
        finished_at: now().toISOString(),
        failure_reason: 'runner_system_failure',
      });
      finishJobDeployment(this.#world(), failed);
    } finally {
      this.advance(build.pipeline_id);
    }
  }

  #record(build: Build, result: JobResult): void {
    const world = this.#world();
    const tolerated =
      result.exitCode !== null && build.definition?.allow_failure_exit_codes.includes(result.exitCode) === true;
    const finished = world.db.builds.update(build.id, {
      status: result.status,
      finished_at: world.now().toISOString(),
      failure_reason: result.failureReason,
      exit_code: result.exitCode,
      artifacts_bytes: result.artifactsBytes,
      ...(result.artifactsName ? { artifacts_name: result.artifactsName } : {}),
      artifacts_expire_at: expiryOf(build, result, world.now()),
      coverage: result.coverage,
      dotenv: result.dotenv,
      allow_failure: build.allow_failure || tolerated,
    });
    finishJobDeployment(world, finished);
    const tries = this.#builds(build.pipeline_id).filter((other) => other.name === build.name).length;
    if (wantsNewTry(finished, tries)) this.#tryAgain(finished);
    else if (finished.status === 'failed' && !finished.allow_failure)
      this.cancelJobs(endedByFailure(world.db.pipelines.require(build.pipeline_id), this.#builds(build.pipeline_id)));
  }

  #tryAgain(build: Build, status: 'pending' | 'created' = 'pending'): Build {
    const { db, now } = this.#world();
    const {
      id: _id,
      erased_at: _erased,
      scheduled_at: _scheduled,
      ...rest
    } = db.builds.update(build.id, {
      retried: true,
    });
    const time = now().toISOString();
    return db.builds.insert({
      ...rest,
      id: undefined,
      status,
      retried: false,
      created_at: time,
      queued_at: status === 'pending' ? time : null,
      started_at: null,
      finished_at: null,
      failure_reason: null,
      exit_code: null,
      artifacts_bytes: null,
      artifacts_expire_at: null,
      coverage: null,
      dotenv: {},
      allow_failure: build.definition?.allow_failure ?? build.allow_failure,
    });
  }
}

function expiryOf(build: Build, result: JobResult, now: Date): string | null {
  const seconds = build.definition?.artifacts.expireInSeconds;
  if (result.artifactsBytes === null || seconds === undefined) return null;
  return momentAfter(now, seconds);
}
