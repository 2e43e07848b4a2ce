/** What `npm run bench:lifecycle` runs, in a copy of the clone that has the bench's models: see scripts/bench-lifecycle.mjs. */
import { mkdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribePipelineExecutionCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { loadOrCreateCredentials } from '../../../local/world/credentials.ts';
import { GitlabAdmin } from '../../../local/world/gitlab-admin.ts';
import { partNames } from '../../../local/world/part-names.ts';
import { findFreePorts } from '../../../local/world/ports.ts';
import { projectRoot } from '../../../local/world/project-root.ts';
import { stopOnSignals } from '../../../local/world/stop-on-signals.ts';
import { useEnvironment } from '../../../local/world/use-environment.ts';
import { startWorld, type World } from '../../../local/world/world.ts';
import { median, printGoal, say } from '../figures.ts';
import { familyMegabytes, watchPeak } from '../processes.ts';
import { createFloorRole, type Floor, measureFloor, type Steps } from './bare-floor.ts';
import { invocations, workflowSteps } from './count-work.ts';
import { createProject, type Repository } from './create-project.ts';
import { followLifecycle, type Lifecycle } from './follow-lifecycle.ts';
import { DATA } from './noop-repository.ts';
import { benchModels } from './onboarded-models.mjs';
import { startReleasedEmulator } from './released-emulator.ts';
import { watchEndpoints } from './watch-endpoints.ts';

const [atOnce = 20, runs = 3] = process.argv.slice(2).map(Number);
const ONE_WITHIN_MS = 300_000;
const ALL_WITHIN_MS = 2_400_000;
const SHARE_GOAL = 1.5;

const WORDS: Partial<Record<string, string>> = {
  'run-accepted': 'webhook accepted',
  'training-started': 'verified, training began',
  'training-finished': 'trained',
  'evaluation-judged': 'judged',
  'version-registered': 'registered',
  'approval-requested': 'approval asked for',
  'approval-decided': 'decided on the page',
  'rollout-started': 'roll-out started',
  'endpoint-updated': 'endpoint moved',
  'smoke-test-finished': 'smoke test',
  'rollout-finished': 'recorded',
  'model-live': 'concluded',
};

const Jobs = z.array(z.object({ finished_at: z.string() }));

let world: World | undefined;
let released: Awaited<ReturnType<typeof startReleasedEmulator>> | undefined;
stopOnSignals(stop);
process.on('exit', () => released?.part.killNow());
try {
  world = await startWorld({
    ...{ parts: partNames, ports: await findFreePorts(), stateFolder: join(projectRoot, '.local'), onProgress: say },
  });
  await bench(world);
} finally {
  await stop();
}
process.exit();

async function stop(): Promise<void> {
  await Promise.all([world?.stop(), released?.part.stop()]);
}

async function bench({ environment, urls, folder }: World): Promise<void> {
  useEnvironment(environment);
  say(`\n${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node.js ${process.versions.node}\n`);
  const work = join(folder.temporary, 'bench');
  mkdirSync(work, { recursive: true });
  await putData();
  const credentials = await loadOrCreateCredentials(folder.credentialsFile);
  const gitlab = new GitlabAdmin(urls.gitlab, credentials.gitlabRootToken);
  const repositories: Repository[] = [];
  for (const model of benchModels(atOnce))
    repositories.push(await createProject(gitlab, { urls, credentials, folder: work }, model));
  const idleMegabytes = familyMegabytes([process.pid]);
  const [first] = repositories;
  if (first === undefined) return;
  await createFloorRole();
  released = await startReleasedEmulator(work, credentials);
  await oneAfterTheOther(first, gitlab, urls, released.endpoint, work);
  await allAtOnce(repositories, urls, idleMegabytes);
}

/** The first lifecycle meets cold functions and creates its endpoints; those after it update them. */
async function oneAfterTheOther(
  repository: Repository,
  gitlab: GitlabAdmin,
  urls: World['urls'],
  releasedEmulator: string,
  work: string,
): Promise<void> {
  const shares: Record<'released' | 'cold' | 'warm', number[]> = { released: [], cold: [], warm: [] };
  for (let round = 0; round <= runs; round += 1) {
    const beganAtMs = Date.now();
    const endpointsBusy = watchEndpoints(repository.model);
    const lifecycle = await followLifecycle(repository, urls, ONE_WITHIN_MS);
    const endpointsMs = endpointsBusy();
    requireLive(lifecycle);
    const invoked = await invocations(beganAtMs);
    const steps = await workflowSteps(beganAtMs);
    mkdirSync(join(work, `floor-${round}`));
    const own = await measureFloor(invoked, steps, join(work, `floor-${round}`), releasedEmulator);
    const ours = await measureFloor(invoked, steps, join(work, `floor-${round}`));
    const webhookAtMs = await webhookAt(gitlab, lifecycle);
    const stages = stagesOf(lifecycle, webhookAtMs);
    const trainingMs = await trainingTime(lifecycle);
    const totalMs = lifecycle.endedAtMs - webhookAtMs;
    const stewardMs = stewardsDelay(lifecycle);
    const shareMs = totalMs - trainingMs - endpointsMs - stewardMs;
    say(
      `${round === 0 ? 'First lifecycle' : `Lifecycle ${round + 1}`}: ${seconds(totalMs)} from webhook to live in ${lifecycle.run.environments.join(', ')}`,
    );
    for (const [stage, ms] of stages) say(`  ${stage.padEnd(34)} ${seconds(ms).padStart(8)}`);
    say(`  of that SageMaker: training ${seconds(trainingMs)}, endpoints ${seconds(endpointsMs)}`);
    say(`  of that the steward, who looks for mail ten times a second: ${seconds(stewardMs)}`);
    say(`  the control plane's share ${seconds(shareMs)}`);
    say(`  ${describeFloors(invoked, steps, own, ours)}\n`);
    if (round === 0 && runs > 0) continue;
    shares.released.push(shareMs / own.warmMs);
    shares.cold.push(shareMs / ours.coldMs);
    shares.warm.push(shareMs / ours.warmMs);
  }
  const [share, cold, warm] = [median(shares.released), median(shares.cold), median(shares.warm)];
  printGoal(
    "The control plane's share, median of the lifecycles after the first",
    `${share.toFixed(2)} × the emulator's own floor`,
    share <= SHARE_GOAL,
    `${SHARE_GOAL} × or less`,
  );
  say(
    `  Our launcher takes the emulator's waits out of it: against what is left then, ${cold.toFixed(1)} × (functions cold), ${warm.toFixed(0)} × (warm)`,
  );
}

function describeFloors(
  invoked: readonly number[],
  { executions, transitions }: Steps,
  own: Floor,
  ours: Floor,
): string {
  const calls = invoked.reduce((sum, count) => sum + count, 0);
  return `${calls} bare calls of ${invoked.length} functions and ${transitions} states in ${executions} executions: by the emulator as released ${seconds(own.warmMs)} warm, ${seconds(own.coldMs)} cold; by the world's, without its waits, ${seconds(ours.warmMs)} warm, ${seconds(ours.coldMs)} cold`;
}

/** From the request to the moment when the bench saw it: a person's time, not the control plane's. */
function stewardsDelay({ events, askedSeenAtMs }: Lifecycle): number {
  const asked = events.find(({ type }) => type === 'approval-requested');
  return asked === undefined || askedSeenAtMs === undefined ? 0 : Math.max(0, askedSeenAtMs - Date.parse(asked.at));
}

async function allAtOnce(repositories: Repository[], urls: World['urls'], idleMegabytes: number): Promise<void> {
  const began = performance.now();
  const peak = watchPeak(() => familyMegabytes([process.pid]), 2000);
  const ends = await Promise.allSettled(repositories.map((each) => followLifecycle(each, urls, ALL_WITHIN_MS)));
  const peakMegabytes = peak();
  const ended = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.run] : []));
  for (const end of ends) if (end.status === 'rejected') say(String(end.reason));
  for (const run of ended)
    if (run.status !== 'live') say(`${run.model} ended as ${run.status}: ${run.reasons.join(' ')}`);
  const live = ended.filter(({ status }) => status === 'live').length;
  printGoal(
    `${repositories.length} lifecycles at once, of a model each`,
    `${ended.length} ended, ${live} of them live, in ${seconds(performance.now() - began)}`,
    ended.length === repositories.length,
    'that all end',
  );
  say(
    `Memory of the whole world, this command included: ${idleMegabytes.toFixed(0)} MB idle, ${peakMegabytes.toFixed(0)} MB at the peak`,
  );
}

async function putData(): Promise<void> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(`${DATA}flights.csv`) ?? [];
  await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket, Key, Body: '1,2\n' }));
}

function requireLive({ run }: Lifecycle): void {
  if (run.status !== 'live') throw new Error(`${run.model} ended as ${run.status}: ${run.reasons.join(' ')}`);
}

/** When GitLab sent the webhook: at the end of the last CI job. The pipeline's own end moves on with the commit status. */
async function webhookAt(gitlab: GitlabAdmin, { run }: Lifecycle): Promise<number> {
  const jobs = Jobs.parse(await gitlab.get(`/projects/${run.projectId}/pipelines/${run.pipelineId}/jobs`));
  return Math.max(...jobs.map((job) => Date.parse(job.finished_at)));
}

/** Time from each event of the timeline to the next, in the words of what was waited for. */
function stagesOf({ events }: Lifecycle, webhookAtMs: number): Map<string, number> {
  const stages = new Map<string, number>();
  let before = webhookAtMs;
  for (const event of events) {
    const words = WORDS[event.type] ?? event.type;
    const stage = event.environment === undefined ? words : `${words} in ${event.environment}`;
    const at = Date.parse(event.at);
    stages.set(stage, (stages.get(stage) ?? 0) + at - before);
    before = at;
  }
  return stages;
}

async function trainingTime({ run }: Lifecycle): Promise<number> {
  const PipelineExecutionArn = run.training?.pipelineExecutionArn;
  const execution = await new SageMakerClient({}).send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
  return (execution.LastModifiedTime?.getTime() ?? 0) - (execution.CreationTime?.getTime() ?? 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
