import { poll } from '../../local/demo/poll.ts';
import { endpointNameOf, subjects } from '../../shared/domain/names.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import { ageWait, loseEventsOf, sweepNow } from '../e2e/disturb-aws.ts';
import { expectSoundWorld } from '../e2e/expect-sound-world.ts';
import { trainingsOf } from '../e2e/list-executions.ts';
import { approve, type E2eScene, ensureLive, openScene } from '../e2e/open-scene.ts';
import { restartPart } from '../harness/world.ts';

let scene: E2eScene;
let oldest: Run;
let middle: Run;
let newest: Run;
let stopLosing: () => Promise<void> = async () => {};

beforeAll(async () => {
  scene = await openScene();
  await ensureLive(scene);
}, 120_000);
afterAll(async () => {
  await stopLosing();
  await scene?.close();
});

describe('three runs of one model, while every part of the world is restarted', () => {
  it('train on after SageMaker was killed, and the newer supersedes the older that waits for its review', async () => {
    const { stage, runs, say } = scene;
    // One after the other: a pipeline that is older than a run is ignored, and their hooks may come in any order.
    const first = await stage.runOf(await pushCandidate('The first of three'), say);
    const second = await stage.runOf(await pushCandidate('The second of three'), say);
    for (const runId of [first, second]) {
      await poll('The training', async () => (await runs.get(runId)).training);
    }
    await restartPart('sagemaker', 'SIGKILL');
    const [a, b] = [await runs.get(first), await runs.get(second)];
    const [older, newer] = a.sequence < b.sequence ? [a, b] : [b, a];
    oldest = await stage.runUntil(older.runId, ['superseded'], say);
    middle = await stage.runUntil(newer.runId, ['awaiting-approval'], say);
    expect((await scene.reviews.find(oldest.reviewId ?? ''))?.status).toBe('superseded');
    expect(oldest.approval).toBeUndefined();
    expect(oldest.reasons.join(' ')).toMatch(/newer candidate/i);
    for (const { runId, training } of [oldest, middle])
      expect(await trainingsOf(runId, training?.pipelineExecutionArn ?? '')).toHaveLength(1);
  }, 120_000);

  it('wait for their steward through restarts of AWS, GitLab, the inbox and the front', async () => {
    await restartPart('aws');
    await Promise.all([restartPart('gitlab'), restartPart('inbox'), restartPart('web')]);
    stopLosing = await loseEventsOf('settleEndpoint');
    await approve(scene, middle);
    await poll('The approved one in dev', async () =>
      (await eventsOf(middle)).find(({ key }) => key === 'endpoint-updated#dev#1'),
    );
  }, 60_000);

  it('take turns at each endpoint when two are approved, and the lower sequence never replaces the higher', async () => {
    const { stage, say } = scene;
    newest = await stage.runUntil(
      await stage.runOf(await pushCandidate('The third of three'), say),
      ['awaiting-approval'],
      say,
    );
    await approve(scene, newest);
    const awaited = await poll('The third one waiting for its turn', async () =>
      (await eventsOf(newest)).find(({ type }) => type === 'lease-awaited'),
    );
    expect(awaited.detail.heldBy).toBe(middle.runId);
    await stopLosing();
    await ageWait(
      scene.table,
      subjects.endpoint(endpointNameOf('local', middle.model, 'dev'), middle.runId, 1, 'pending'),
    );
    await sweepNow();
    newest = await stage.runUntil(newest.runId, ['live'], say);
    middle = await poll('The end of the second one', async () => {
      const now = await scene.runs.get(middle.runId);
      return ['live', 'superseded'].includes(now.status) ? now : undefined;
    });
    for (const environment of newest.environments) {
      const [one, other] = [await turnOf(middle, environment), await turnOf(newest, environment)];
      expect(other).toBeDefined();
      // A run that was overtaken never had its turn; of two that had theirs, the newer one came second and alone.
      if (one !== undefined && other !== undefined)
        expect(Date.parse(one.to)).toBeLessThanOrEqual(Date.parse(other.from));
    }
    const { liveIn } = await stage.outcome(newest.runId);
    expect(liveIn).toEqual(['dev', 'qa', 'prod']);
  }, 120_000);

  it('leave a sound world', () => expectSoundWorld(scene), 150_000);
});

async function pushCandidate(message: string): Promise<string> {
  await scene.prepareCandidate();
  return scene.clone.push(message);
}

const eventsOf = async ({ runId }: Run): Promise<readonly RunEvent[]> => (await scene.stage.outcome(runId)).events;

/** From the verification, the first step under the lease, to the record of what is live now. */
async function turnOf(run: Run, environment: string): Promise<{ from: string; to: string } | undefined> {
  const here = (await eventsOf(run)).filter((event) => event.environment === environment);
  const from = here.find(({ type }) => type === 'rollout-started')?.at;
  const to = here.find(({ type }) => type === 'rollout-finished')?.at;
  return from === undefined || to === undefined ? undefined : { from, to };
}
