import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poll } from '../../../local/demo/poll.ts';
import { dynamodbDeliveries } from '../../../shared/adapters/dynamodb/deliveries.ts';
import { runIdOf, runKeyOf } from '../../../shared/domain/names.ts';
import { worldVariable } from '../../harness/world.ts';
import { pipelineHook } from '../../unit/ingest/pipeline-hook.ts';
import { type Author, authorAtWork } from './author.ts';
import { onlooker, TABLE } from './onlooker.ts';
import { deliver } from './signed-delivery.ts';
import { tinyRepository } from './tiny-repository.ts';

const world = onlooker();
const deliveries = dynamodbDeliveries({ table: TABLE });
const PROJECT = 17;
const STRANGER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('a delivery that GitLab did not sign', () => {
  let startedAt = 0;
  beforeAll(() => {
    startedAt = Date.now();
  });

  it.each([
    ['no signature', { signedWith: undefined }],
    ["somebody else's signature", { signedWith: STRANGER }],
    ['a signature that is six minutes old', { secondsAgo: 360 }],
    ['a signature from the future', { secondsAgo: -360 }],
    ['a plain token where only signatures count', { signedWith: undefined, headers: { 'x-gitlab-token': 'guess' } }],
    ['a signature over another id', { headers: { 'webhook-id': 'another' } }],
  ])('with %s is answered 401 without a detail, and nothing of it is kept', async (_, options) => {
    const { deliveryId, status, text } = await deliver(pipelineHook(), options);
    expect({ status, text }).toEqual({ status: 401, text: '{"outcome":"refused"}' });
    expect(await deliveries.find(deliveryId)).toBeUndefined();
    expect(await deliveries.find('another')).toBeUndefined();
  });

  it('is counted as a metric, by its reason', async () => {
    const counted = await poll(
      'A metric line for each refused delivery',
      async () => {
        // The local Lambda may hand a line on with the next call only.
        await deliver(pipelineHook(), { signedWith: undefined });
        const lines = await world.logOf('receiveGitlabWebhook', startedAt);
        const metrics = lines.filter((line) => line.includes('CloudWatchMetrics') && line.includes('WebhookRefused'));
        return metrics.length >= 6 ? metrics.join('\n') : undefined;
      },
      { seconds: 60 },
    );
    for (const reason of ['wrong-signature', 'unsigned']) expect(counted).toContain(reason);
  });
});

describe('a signed delivery that can not be read', () => {
  it.each([
    ['more than 1 MB', 413, '1048576 bytes', { ...pipelineHook(), padding: 'x'.repeat(1_100_000) }],
    ['no JSON', 400, 'not a JSON object', 'pipeline=101'],
    ['a list', 400, 'not a JSON object', [1, 2]],
    ['nothing', 400, 'not a JSON object', ''],
    ['no object_attributes', 400, 'at object_attributes', pipelineHook({ object_attributes: undefined })],
    ['a text for an id', 400, 'at object_attributes.id', pipelineHook({ attributes: { id: '101' } })],
    [
      'a commit that is no SHA',
      400,
      'at object_attributes.sha',
      pipelineHook({ attributes: { sha: '../../etc/passwd' } }),
    ],
    ['jobs that are no list', 400, 'at builds', pipelineHook({ builds: 'package' })],
    ['no user', 400, 'at user', pipelineHook({ user: null })],
  ])('because it has %s is answered %i with a sentence, and nothing of it is kept', async (_, status, said, payload) => {
    const answer = await deliver(payload);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'refused', sentence: expect.stringContaining(said) });
    expect(await deliveries.find(answer.deliveryId)).toBeUndefined();
  });
});

describe('a signed delivery that leads nowhere', () => {
  const ofJob = (status: string) => [{ id: 1, stage: 'package', name: 'package', status }];
  it.each([
    ['another event', 'Push Hook', { object_kind: 'push' }, 'only hooks of pipelines, issues and comments do'],
    ['an unknown event', 'Emoji Hook', { whatever: 1 }, 'only hooks of pipelines, issues and comments do'],
    [
      'an unknown project',
      'Pipeline Hook',
      pipelineHook({ project: { id: 99, path_with_namespace: 'a/b' } }),
      'is not onboarded',
    ],
    [
      'another branch',
      'Pipeline Hook',
      pipelineHook({ attributes: { ref: 'try-it' } }),
      'starts no run of flight-delays',
    ],
    ['a tag', 'Pipeline Hook', pipelineHook({ attributes: { tag: true } }), 'is a tag'],
    ['a failed pipeline', 'Pipeline Hook', pipelineHook({ attributes: { status: 'failed' } }), 'only a successful one'],
    [
      'an external pipeline',
      'Pipeline Hook',
      pipelineHook({ attributes: { source: 'external' } }),
      'a commit status made it',
    ],
    [
      'a child pipeline',
      'Pipeline Hook',
      pipelineHook({ attributes: { source: 'parent_pipeline' } }),
      'Another pipeline started',
    ],
    ['no package job', 'Pipeline Hook', pipelineHook({ builds: [] }), 'has no job `package`'],
    ['a failed package job', 'Pipeline Hook', pipelineHook({ builds: ofJob('failed') }), 'must have succeeded'],
  ])('because it is of %s is answered 202 and recorded with the reason', async (_, event, payload, reason) => {
    const { deliveryId, status, text } = await deliver(payload, { headers: { 'x-gitlab-event': event } });
    expect(status).toBe(202);
    expect(JSON.parse(text)).toMatchObject({ outcome: 'ignored', reason: expect.stringContaining(reason) });
    expect(await deliveries.find(deliveryId)).toMatchObject({ ignored: expect.stringContaining(reason) });
  });
});

describe('a signed delivery that says more than GitLab does', () => {
  const concluded = (deliveryId: string) =>
    poll(`The conclusion of delivery ${deliveryId}`, async () => (await deliveries.find(deliveryId))?.conclusion, {
      seconds: 60,
    });

  it('leads to no run where GitLab knows no such pipeline', async () => {
    const hook = pipelineHook({ attributes: { id: 999_999 } });
    const { deliveryId, status } = await deliver(hook);
    expect(status).toBe(202);
    expect(await concluded(deliveryId)).toEqual({ ignored: 'GitLab has no pipeline 999999 in project 17.' });
    const runId = runIdOf(runKeyOf(PROJECT, 999_999, hook.object_attributes.sha));
    expect(await world.findRun(runId)).toBeUndefined();
  });

  describe('about a pipeline that failed, or ran for another branch', () => {
    let author: Author;
    beforeAll(async () => {
      author = await authorAtWork();
    });
    afterAll(() => author.leave());
    const reported = async (sha: string, end: string) => {
      const { id } = await poll(`The end of the pipeline of ${sha}`, async () => {
        const pipeline = await world.stage.gitlab.pipelineOf(sha);
        return pipeline?.status === end ? pipeline : undefined;
      });
      const { deliveryId } = await deliver(pipelineHook({ attributes: { id, sha } }));
      expect(await world.findRun(runIdOf(runKeyOf(PROJECT, id, sha)))).toBeUndefined();
      return concluded(deliveryId);
    };

    it('leads to no run, because GitLab is asked', async () => {
      const failing = tinyRepository({ '.gitlab-ci.yml': 'package:\n  script: ["false"]\n' });
      const failed = await author.push('Fail in CI', failing);
      const elsewhere = await author.push('Try it elsewhere', tinyRepository({}, { bundled: false }), 'try-it');
      const other = await author.push(
        'Name the job otherwise',
        tinyRepository({ '.gitlab-ci.yml': 'build:\n  script: ["true"]\n' }),
      );
      expect(await reported(failed, 'failed')).toMatchObject({ ignored: expect.stringContaining('is failed') });
      expect(await reported(elsewhere, 'success')).toMatchObject({ ignored: expect.stringContaining('try-it') });
      expect(await reported(other, 'success')).toMatchObject({ ignored: expect.stringContaining('no job `package`') });
    });

    it('leads to no run where it names another commit of the project', async () => {
      const sha = await author.push('Pass in CI', tinyRepository({ '.gitlab-ci.yml': 'build:\n  script: ["true"]\n' }));
      const { id } = await poll('The pipeline', () => world.stage.gitlab.pipelineOf(sha));
      const { deliveryId } = await deliver(pipelineHook({ attributes: { id } }));
      expect(await concluded(deliveryId)).toMatchObject({ ignored: expect.stringContaining(sha) });
    });
  });
});

it('a delivery that comes a second time is answered as a duplicate', async () => {
  const hook = pipelineHook({ attributes: { status: 'failed' } });
  const { deliveryId, text } = await deliver(hook);
  expect(JSON.parse(text)).toMatchObject({ outcome: 'ignored' });
  const again = await deliver(hook, { deliveryId });
  expect({ status: again.status, body: JSON.parse(again.text) }).toEqual({
    status: 202,
    body: { outcome: 'duplicate', deliveryId },
  });
});

it('only POST has a webhook', async () => {
  const answer = await fetch(`${worldVariable('MLOPS_URL')}/webhooks/gitlab`);
  expect(answer.status).toBe(404);
});
