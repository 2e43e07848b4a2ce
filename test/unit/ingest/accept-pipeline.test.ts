import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { GitlabPipelineHook } from '../../../events/contracts/gitlab-pipeline-hook.ts';
import { pipelineReportedOf } from '../../../events/contracts/pipeline-reported.ts';
import { type AcceptDependencies, acceptPipeline } from '../../../functions/ingest/accept-pipeline.ts';
import { parsePolicyFile } from '../../../shared/adapters/policy-file.ts';
import { lineFinderOf } from '../../../shared/adapters/source-lines.ts';
import { bundleDigestOf } from '../../../shared/domain/bundle-digest.ts';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { executionNameOf, runIdOf, runKeyOf } from '../../../shared/domain/names.ts';
import { fakeDeliveries } from '../../fakes/deliveries.ts';
import { fakeDocuments } from '../../fakes/documents.ts';
import { fakeExecutions } from '../../fakes/executions.ts';
import { fakeCommitStatuses, fakeSourceRepository } from '../../fakes/gitlab.ts';
import { fakeObjectStore } from '../../fakes/object-store.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { COMMIT, NOON, sampleOnboarding, sampleRun } from '../../fakes/sample-records.ts';
import { pipelineHook } from './pipeline-hook.ts';

const sample = (path: string) => readFileSync(`ml/flight-delays/${path}`, 'utf8');
const FILES: Record<string, string> = {
  'mlops.yaml': sample('mlops.yaml'),
  'pipeline.json': sample('pipeline.json'),
  'golden.jsonl': sample('golden.jsonl'),
  'train.py': 'print("train")\n',
};
const BUCKET = 'mlops-test';
const BUNDLE = `s3://${BUCKET}/bundles/17/${COMMIT}`;
const RUN_ID = runIdOf(runKeyOf(17, 101, COMMIT));

type Pipeline = NonNullable<Awaited<ReturnType<AcceptDependencies['repository']['pipeline']>>>;
const pipeline: Pipeline = {
  id: 101,
  sha: COMMIT,
  ref: 'main',
  status: 'success',
  source: 'push',
  webUrl: 'https://gitlab.example.com/ml/flight-delays/-/pipelines/101',
  user: { id: 2, username: 'data-scientist', name: 'Dana Scientist' },
  protectedRef: true,
};

function world(
  given: {
    files?: Record<string, string>;
    pipeline?: Partial<Pipeline>;
    jobs?: { name: string; status: string }[];
  } = {},
) {
  const files = given.files ?? FILES;
  const runs = fakeRuns();
  const deliveries = fakeDeliveries();
  const objects = fakeObjectStore();
  const repository = fakeSourceRepository({
    files: { [COMMIT]: files },
    commits: [
      { sha: COMMIT, title: 'Use the hour', authorName: 'Dana Scientist', authorEmail: 'dana@example.com', url: '' },
    ],
    pipelines: [{ ...pipeline, ...given.pipeline }],
    jobs: { 101: given.jobs ?? [{ name: 'package', status: 'success' }] },
  });
  const policyData = /s3:\/\/[^ }]+/.exec(files['mlops.yaml'] ?? '')?.[0] ?? 's3://mlops-data-local/flight-delays/';
  const record = sampleOnboarding({
    dataLocations: [policyData],
    floors: { gates: [], fourEyes: true, quorum: 1, environments: ['dev', 'qa', 'prod'], capture: [] },
  });
  const bundled = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, sha256Hex(content)]));
  for (const [path, content] of Object.entries(files)) objects.put(`${BUNDLE}/${path}`, content);
  objects.put(
    `${BUNDLE}/manifest.json`,
    JSON.stringify({ schema: 'mlops/bundle/v1', projectId: 17, commit: COMMIT, files: bundled }),
  );
  objects.put(`${policyData}flights-2013-q1.csv.gz`, 'rows');
  const dependencies = {
    repository,
    statuses: fakeCommitStatuses(),
    onboarding: fakeOnboarding(record),
    objects,
    documents: fakeDocuments(BUCKET),
    parsing: { parsePolicy: parsePolicyFile, lineFinderOf },
    runs,
    deliveries,
    executions: fakeExecutions(),
    bucket: BUCKET,
    publicUrl: 'https://mlops.example.com',
    now: () => NOON,
  } satisfies AcceptDependencies;
  return { ...dependencies, timeline: runs.timeline, bundled, policyData };
}

type World = ReturnType<typeof world>;

async function accept(given: World, hook: unknown = pipelineHook()): Promise<void> {
  const detail = pipelineReportedOf(GitlabPipelineHook.parse(hook), 'delivery-1', NOON);
  await given.deliveries.keep({
    deliveryId: 'delivery-1',
    receivedAt: NOON,
    payloadSha256: 'a'.repeat(64),
    event: 'Pipeline Hook',
  });
  await acceptPipeline({ source: 'mlops', account: '000000000000', detailType: 'PipelineReported.v1', detail }, given);
}

const conclusionOf = async (given: World) => (await given.deliveries.find('delivery-1'))?.conclusion;

describe('a sound candidate', () => {
  let given: World;

  beforeEach(async () => {
    given = world();
    await accept(given);
  });

  it('becomes a run with the digests of everything that it will train with', async () => {
    const run = await given.runs.get(RUN_ID);
    expect(run).toMatchObject({
      model: 'flight-delays',
      sequence: 1,
      attempt: 1,
      status: 'training',
      commitTitle: 'Use the hour',
      commitAuthor: { email: 'dana@example.com' },
      triggeredBy: { id: 2 },
      environments: ['dev', 'qa', 'prod'],
      policySha256: sha256Hex(FILES['mlops.yaml'] ?? ''),
      bundleDigest: bundleDigestOf(given.bundled),
      codeUri: `s3://${BUCKET}/code/${bundleDigestOf(given.bundled)}`,
    });
    for (const reference of [run.policy, run.definition, run.data])
      expect(reference && (await given.documents.read(reference))).toBeDefined();
    expect(given.timeline.bus.facts).toMatchObject([
      { detailType: 'RunAccepted.v1', detail: { dataDigest: run.dataDigest } },
    ]);
  });

  it('keeps the verified files under the digest of the bundle', async () => {
    const { bytes } = await given.objects.read(`s3://${BUCKET}/code/${bundleDigestOf(given.bundled)}/train.py`, 1000);
    expect(Buffer.from(bytes).toString()).toBe(FILES['train.py']);
  });

  it('shows at its commit that it runs, and starts one execution named after it', () => {
    expect(given.statuses.latest(COMMIT)).toMatchObject({
      state: 'running',
      targetUrl: `https://mlops.example.com/runs/${RUN_ID}`,
      pipelineId: 101,
      ref: 'main',
    });
    expect([...given.executions.started]).toEqual([
      [
        executionNameOf(RUN_ID, 1),
        { runId: RUN_ID, model: 'flight-delays', attempt: 1, environments: ['dev', 'qa', 'prod'] },
      ],
    ]);
  });

  it('says of its delivery which run it led to', async () => {
    expect(await conclusionOf(given)).toEqual({ runId: RUN_ID });
  });

  it('is the same run when the pipeline is reported again', async () => {
    await accept(given);
    expect(await given.runs.listByModel('flight-delays', 10)).toHaveLength(1);
    expect(given.executions.started.size).toBe(1);
    expect(given.statuses.all).toHaveLength(1);
  });

  it('is left alone when it is reported again after it ended', async () => {
    await given.runs.update(RUN_ID, { status: 'routed-back', endedAt: NOON }, NOON);
    await given.statuses.set(17, COMMIT, {
      state: 'failed',
      description: 'x',
      targetUrl: '',
      ref: 'main',
      pipelineId: 101,
    });
    await accept(given);
    expect(given.statuses.latest(COMMIT)?.state).toBe('failed');
  });
});

describe('a crash on the way', () => {
  it.each([
    'create',
    'set',
    'startLifecycle',
    'conclude',
  ] as const)('before or after `%s` is made good by the next delivery', async (call) => {
    for (const when of ['before', 'after'] as const) {
      const given = world();
      const port = {
        create: given.runs,
        set: given.statuses,
        startLifecycle: given.executions,
        conclude: given.deliveries,
      }[call];
      const real: unknown = Reflect.get(port, call);
      if (typeof real !== 'function') throw new Error(`There is no call ${call}.`);
      Reflect.set(port, call, async (...values: unknown[]) => {
        if (when === 'after') await Reflect.apply(real, port, values);
        Reflect.set(port, call, real);
        throw new ServiceUnavailable('crashed');
      });
      await expect(accept(given)).rejects.toThrow('crashed');
      await accept(given);
      expect(await given.runs.listByModel('flight-delays', 10)).toHaveLength(1);
      expect([...given.executions.started.keys()]).toEqual([RUN_ID]);
      expect(given.statuses.all).toHaveLength(1);
      expect(await given.timeline.list(RUN_ID)).toHaveLength(1);
      expect(await conclusionOf(given)).toEqual({ runId: RUN_ID });
    }
  });
});

describe('what GitLab says otherwise than the hook', () => {
  it.each([
    ['the pipeline is unknown', { pipeline: { id: 7 } }, /no pipeline 101/],
    ['it ran for another commit', { pipeline: { sha: 'f'.repeat(40) } }, /named commit/],
    ['it has failed', { pipeline: { status: 'failed' } }, /failed/],
    ['it is external', { pipeline: { source: 'external' } }, /external/],
    ['its branch is not protected', { pipeline: { protectedRef: false } }, /not protected/],
    ['it has no package job', { jobs: [{ name: 'test', status: 'success' }] }, /package/],
    ['its package job failed', { jobs: [{ name: 'package', status: 'failed' }] }, /failed/],
  ])('is ignored with the reason: %s', async (_what, changes, reason) => {
    const given = world(changes);
    await accept(given);
    expect(await conclusionOf(given)).toEqual({ ignored: expect.stringMatching(reason) });
    expect(await given.runs.find(RUN_ID)).toBeUndefined();
    expect([given.statuses.all, given.executions.started.size]).toEqual([[], 0]);
  });
});

describe('a hook that comes late', () => {
  const newer = sampleRun({ pipelineId: 102, commit: 'f'.repeat(40) });

  it('is ignored with the reason when a newer pipeline of the branch has led to a run', async () => {
    const given = world();
    given.runs.put(newer);
    await accept(given);
    expect(await conclusionOf(given)).toEqual({ ignored: expect.stringMatching(/newer pipeline 102 of main/) });
    expect(await given.runs.find(RUN_ID)).toBeUndefined();
    expect([given.statuses.all, given.executions.started.size]).toEqual([[], 0]);
  });

  it('still becomes a run when the newer one was refused', async () => {
    const given = world();
    given.runs.put({ ...newer, status: 'refused' });
    await accept(given);
    expect(await conclusionOf(given)).toEqual({ runId: RUN_ID });
  });

  it('goes on with the run that it led to before the newer one came', async () => {
    const given = world();
    await accept(given);
    given.runs.put({ ...newer, sequence: 2 });
    await accept(given);
    expect(await conclusionOf(given)).toEqual({ runId: RUN_ID });
  });
});

describe('a candidate that is refused', () => {
  async function refusedWith(given: World): Promise<string[]> {
    await accept(given);
    const run = await given.runs.get(RUN_ID);
    expect(run.status).toBe('refused');
    expect(given.executions.started.size).toBe(0);
    expect(given.statuses.latest(COMMIT)).toMatchObject({
      state: 'failed',
      targetUrl: `https://mlops.example.com/runs/${RUN_ID}`,
    });
    expect(given.statuses.latest(COMMIT)?.description).toContain(run.reasons[0]?.slice(0, 100));
    expect(await conclusionOf(given)).toEqual({ runId: RUN_ID });
    return run.reasons;
  }

  const withFile = (path: string, content: string) => world({ files: { ...FILES, [path]: content } });

  it('without an mlops.yaml', async () => {
    const { 'mlops.yaml': _policy, ...files } = FILES;
    expect(await refusedWith(world({ files }))).toEqual([expect.stringMatching(/^mlops\.yaml: The file is missing/)]);
  });

  it('with an unknown key, named with file and line', async () => {
    const [reason] = await refusedWith(withFile('mlops.yaml', `${FILES['mlops.yaml']}\nsurprise: 1\n`));
    expect(reason).toMatch(/^mlops\.yaml:\d+: .*surprise/);
  });

  it('with a definition that names a role of its own', async () => {
    const definition = (FILES['pipeline.json'] ?? '').replace(
      '"Arguments": {',
      '"Arguments": { "RoleArn": "arn:aws:iam::1:role/x",',
    );
    expect((await refusedWith(withFile('pipeline.json', definition))).join()).toMatch(/pipeline\.json.*RoleArn/);
  });

  it('with a file that is larger than any that is read', async () => {
    expect((await refusedWith(withFile('mlops.yaml', 'x'.repeat(4_000_001)))).join()).toMatch(
      /mlops\.yaml: The file has more than/,
    );
  });

  it('with no data below the source that its policy names', async () => {
    const given = world();
    const objects = { ...given.objects, list: async () => [] };
    expect((await refusedWith({ ...given, objects })).join()).toMatch(/no object below/);
  });

  it('when CI uploaded no bundle', async () => {
    const given = world();
    const objects = { ...given.objects, find: async () => undefined };
    expect((await refusedWith({ ...given, objects })).join()).toMatch(/uploaded no .*manifest\.json/);
  });

  it.each([
    [
      'a file was changed after the upload',
      `${BUNDLE}/train.py`,
      'print("stolen")\n',
      /uploaded train\.py is not the file that the manifest names/,
    ],
    ['the manifest is no manifest', `${BUNDLE}/manifest.json`, '{"schema":"other"}', /manifest\.json can't be used/],
    [
      'the manifest belongs to another commit',
      `${BUNDLE}/manifest.json`,
      JSON.stringify({
        schema: 'mlops/bundle/v1',
        projectId: 17,
        commit: 'f'.repeat(40),
        files: { 'train.py': 'a'.repeat(64) },
      }),
      /belongs to project 17 and commit ffff/,
    ],
    [
      'the manifest leads out of the bundle',
      `${BUNDLE}/manifest.json`,
      JSON.stringify({ schema: 'mlops/bundle/v1', projectId: 17, commit: COMMIT, files: { '../x': 'a'.repeat(64) } }),
      /manifest\.json can't be used/,
    ],
  ])('when %s', async (_what, uri, content, reason) => {
    const given = world();
    given.objects.put(uri, content);
    expect((await refusedWith(given)).join()).toMatch(reason);
  });

  it('when the bundle holds a file that is not the one of the commit, or not in it at all', async () => {
    const given = world();
    given.objects.put(`${BUNDLE}/train.py`, 'other');
    given.objects.put(`${BUNDLE}/extra.py`, 'extra');
    const files = { ...given.bundled, 'train.py': sha256Hex('other'), 'extra.py': sha256Hex('extra') };
    given.objects.put(
      `${BUNDLE}/manifest.json`,
      JSON.stringify({ schema: 'mlops/bundle/v1', projectId: 17, commit: COMMIT, files }),
    );
    expect((await refusedWith(given)).sort()).toEqual([
      expect.stringMatching(/extra\.py is not in the commit/),
      expect.stringMatching(/train\.py is not the file of the commit/),
    ]);
  });

  it('once, and stays refused, when it is reported again', async () => {
    const given = withFile('mlops.yaml', 'model: [');
    await refusedWith(given);
    await accept(given);
    expect(await given.runs.listByModel('flight-delays', 10)).toHaveLength(1);
    expect(given.statuses.all).toHaveLength(1);
  });
});
