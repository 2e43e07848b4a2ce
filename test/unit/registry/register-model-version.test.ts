import { describe, expect, it } from '@jest/globals';
import { step as approve } from '../../../functions/registry/approve-model-version.ts';
import { step } from '../../../functions/registry/register-model-version.ts';
import { readCsvRows } from '../../../shared/adapters/csv-rows.ts';
import { canonicalJson, sha256Hex } from '../../../shared/domain/canonical-json.ts';
import { Baseline } from '../../../shared/domain/drift/baseline.ts';
import type { GateVerdict } from '../../../shared/domain/gate-verdict.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { acceptedRun, BUCKET, DATA_URI, testStage } from '../../fakes/accepted-run.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { fakeModelRegistry } from '../../fakes/sagemaker.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { samplePolicy } from '../domain/sample-policy.ts';

const ARTIFACT = `s3://${BUCKET}/runs/job/output/model.tar.gz`;
const MODEL = 'the model';
const verdict: GateVerdict = { verdict: 'passed', results: [], problems: [], championPresent: false };
const GOLDEN = '{"input":"1,2","contentType":"text/csv","output":{"score":0.5}}\n';

const data = [{ name: 'flights', uri: DATA_URI }];
const watched = samplePolicy({
  data,
  environments: [{ name: 'dev', instanceType: 'ml.t2.medium', capture: { percent: 100 } }],
  monitoring: { drift: {} },
});

type Sample = { rows?: string; description?: string };

async function world(golden: string | undefined = GOLDEN, sample: Sample = {}, policy?: Policy) {
  const accepted = await acceptedRun({}, policy);
  for (const [name, content] of [
    ['training-sample.csv', sample.rows],
    ['training-sample.json', sample.description],
  ] as const) {
    const uri = `s3://${BUCKET}/runs/${accepted.run.runId}/t1/postprocess/${name}`;
    if (content !== undefined) accepted.objects.put(uri, content);
  }
  const { documents, objects } = accepted;
  objects.put(ARTIFACT, MODEL);
  if (golden !== undefined)
    objects.put(`s3://${BUCKET}/runs/${accepted.run.runId}/t1/postprocess/golden-answers.jsonl`, golden);
  const run: Run = {
    ...accepted.run,
    status: 'judging',
    training: {
      number: 1,
      attempt: 1,
      pipelineExecutionArn: 'arn:x',
      startedAt: NOON,
      finishedAt: NOON,
      artifactUri: ARTIFACT,
      trainingJobArn: 'arn:job',
    },
    artifactSha256: sha256Hex(MODEL),
    verdict: await documents.write('documents/verdict.json', canonicalJson(verdict), 'application/json'),
    report: { uri: `s3://${BUCKET}/runs/x/evaluation.json`, versionId: 'v1', sha256: 'a'.repeat(64) },
  };
  const runs = fakeRuns();
  runs.put(run);
  const registry = fakeModelRegistry();
  const deps = {
    runs,
    timeline: runs.timeline,
    documents,
    objects,
    readRows: readCsvRows,
    registry,
    onboarding: fakeOnboarding(),
    stage: testStage,
    now: () => NOON,
  };
  const which = { runId: run.runId, attempt: 1 };
  return {
    run,
    deps,
    registry,
    objects,
    register: () => step.run(which, deps),
    approve: () => approve.run(which, deps),
    current: () => runs.get(run.runId),
  };
}

describe('registering a version', () => {
  it('keeps the approved bytes under their digest and registers them as pending', async () => {
    const w = await world();
    await expect(w.register()).resolves.toEqual({ outcome: 'registered', reasons: [] });
    const { registered, status } = await w.current();
    const approved = `s3://${BUCKET}/approved/${sha256Hex(MODEL)}/model.tar.gz`;
    expect(registered).toMatchObject({ version: 1, artifactUri: approved, artifactSha256: sha256Hex(MODEL) });
    expect(registered?.goldenAnswers.sha256).toBe(sha256Hex(GOLDEN));
    expect((await w.objects.digest(approved)).sha256).toBe(sha256Hex(MODEL));
    expect(status).toBe('registering');
    const [version] = w.registry.versions;
    expect(version?.approvalStatus).toBe('PendingManualApproval');
    expect(version?.request).toMatchObject({
      artifactUri: approved,
      commit: w.run.commit,
      instanceTypes: ['ml.t2.medium', 'ml.m5.large'],
    });
    expect(version?.request.clientToken).toMatch(/^[a-zA-Z0-9-]{1,36}$/);
    expect(version?.properties).toMatchObject({
      'mlops:artifact-sha256': sha256Hex(MODEL),
      'mlops:policy-sha256': w.run.policySha256,
    });
    for (const [key, value] of Object.entries(version?.request.properties ?? {})) {
      expect(key.length).toBeLessThanOrEqual(128);
      expect(value.length).toBeLessThanOrEqual(256);
    }
  });

  it('finds its version when it is repeated', async () => {
    const w = await world();
    await w.register();
    await w.register();
    expect(w.registry.versions).toHaveLength(1);
  });

  it('finds the version of a try that died before it was recorded', async () => {
    const w = await world();
    await w.register();
    w.deps.runs.put(w.run);
    await expect(w.register()).resolves.toMatchObject({ outcome: 'registered' });
    expect(w.registry.versions).toHaveLength(1);
  });

  it('blocks an artifact that is not the one that was judged, and registers nothing', async () => {
    const w = await world();
    w.objects.put(ARTIFACT, 'another model');
    await expect(w.register()).resolves.toMatchObject({
      outcome: 'blocked',
      reasons: [expect.stringContaining('digest differs')],
    });
    expect(w.registry.versions).toEqual([]);
  });

  it('does not trust bytes that lie under the digest already', async () => {
    const w = await world();
    const approved = `s3://${BUCKET}/approved/${sha256Hex(MODEL)}/model.tar.gz`;
    w.objects.put(approved, 'planted');
    await w.register();
    expect((await w.objects.digest(approved)).sha256).toBe(sha256Hex(MODEL));
  });

  it.each([
    ['missing', '', 'has no line'],
    ['not as agreed', '{"input":1}', 'line 1'],
  ])('blocks when the golden answers are %s', async (_what, golden, sentence) => {
    const w = await world(golden);
    await expect(w.register()).resolves.toMatchObject({
      outcome: 'blocked',
      reasons: [expect.stringContaining(sentence)],
    });
  });
});

const DESCRIPTION = JSON.stringify({ prediction: 'score', types: { carrier: 'categorical' } });
const ROWS = 'distance,carrier,score\n266,3,0.25\n1400,11,0.5\n,3,0.125\n';

describe('the baseline of a version', () => {
  it('is made of the sample that postprocess left, and stands in run, registry and properties with its digest', async () => {
    const w = await world(GOLDEN, { rows: ROWS, description: DESCRIPTION }, watched);
    await expect(w.register()).resolves.toEqual({ outcome: 'registered', reasons: [] });
    const baseline = (await w.current()).registered?.baseline;
    expect(baseline?.uri).toBe(`s3://${BUCKET}/documents/${w.run.runId}/baseline.json`);
    if (baseline === undefined) return;
    const bytes = await w.deps.documents.read(baseline);
    expect(baseline.sha256).toBe(sha256Hex(bytes));
    const made = Baseline.parse(JSON.parse(Buffer.from(bytes).toString()));
    expect(made).toMatchObject({ model: 'flight-delays', rows: 3, prediction: { name: 'score', kind: 'numeric' } });
    expect(made.features).toMatchObject([
      { name: 'distance', kind: 'numeric', present: 2, missing: 1 },
      {
        name: 'carrier',
        kind: 'categorical',
        domain: [
          { value: '3', count: 2 },
          { value: '11', count: 1 },
        ],
      },
    ]);
    const [version] = w.registry.versions;
    expect(version?.request.baseline).toMatchObject({ uri: baseline.uri, sha256: baseline.sha256 });
    expect(version?.properties['mlops:baseline-sha256']).toBe(baseline.sha256);
  });

  it.each([
    ['there is no sample', {}, 'is missing, and the policy watches drift'],
    ['nobody says what its columns are', { rows: ROWS }, 'is missing, and the policy watches drift'],
    ['its description is no JSON', { rows: ROWS, description: '{' }, 'training-sample.json is not'],
    ['its description is of another shape', { rows: ROWS, description: '{"types":{"a":"text"}}' }, 'is not'],
    ['it is empty', { rows: '', description: DESCRIPTION }, 'training-sample.csv: It is empty'],
    ['it has a header alone', { rows: 'distance,carrier,score\n', description: DESCRIPTION }, 'has no row'],
    ['a named column is not there', { rows: 'distance\n1\n', description: DESCRIPTION }, 'is not in the header'],
    ['a quote stays open', { rows: 'distance,carrier,score\n"1,2,3\n', description: DESCRIPTION }, 'It is no CSV'],
  ])('blocks a model whose drift is watched where %s', async (_what, sample, sentence) => {
    const w = await world(GOLDEN, sample, watched);
    await expect(w.register()).resolves.toMatchObject({
      outcome: 'blocked',
      reasons: [expect.stringContaining(sentence)],
    });
    expect(w.registry.versions).toEqual([]);
  });

  it('is not needed where nobody watches drift', async () => {
    const w = await world(GOLDEN, { rows: 'distance\n"', description: '{' }, samplePolicy({ data }));
    await expect(w.register()).resolves.toMatchObject({ outcome: 'registered' });
    expect((await w.current()).registered).not.toHaveProperty('baseline');
  });
});

describe('approving a version in the registry', () => {
  const approvalFor = (artifactSha256: string): NonNullable<Run['approval']> => ({
    decidedBy: { id: 3, username: 'steward-1', name: 'Stella' },
    decidedAt: NOON,
    packetSha256: 'a'.repeat(64),
    artifactSha256,
    policySha256: 'c'.repeat(64),
  });

  async function registered(approval?: Run['approval']) {
    const w = await world();
    await w.register();
    const run = await w.current();
    w.deps.runs.put({ ...run, status: 'awaiting-approval', ...(approval && { approval }) });
    return w;
  }

  it("says who approved it, and the run's roll-out begins", async () => {
    const w = await registered(approvalFor(sha256Hex(MODEL)));
    await expect(w.approve()).resolves.toEqual({ outcome: 'approved', reasons: [] });
    expect(w.registry.versions[0]).toMatchObject({
      approvalStatus: 'Approved',
      description: expect.stringContaining('@steward-1'),
    });
    expect((await w.current()).status).toBe('rolling-out');
  });

  it.each([
    ['without an approval', undefined],
    ['with an approval of another artifact', approvalFor('d'.repeat(64))],
  ])('is blocked %s', async (_what, approval) => {
    const w = await registered(approval);
    await expect(w.approve()).resolves.toMatchObject({ outcome: 'blocked' });
    expect(w.registry.versions[0]?.approvalStatus).toBe('PendingManualApproval');
  });

  it('is blocked when somebody marked the version as Rejected', async () => {
    const w = await registered(approvalFor(sha256Hex(MODEL)));
    Object.assign(w.registry.versions[0] ?? {}, { approvalStatus: 'Rejected' });
    await expect(w.approve()).resolves.toMatchObject({
      outcome: 'blocked',
      reasons: [expect.stringContaining('Rejected')],
    });
  });
});
