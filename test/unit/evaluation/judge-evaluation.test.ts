import { describe, expect, it } from '@jest/globals';
import { step } from '../../../functions/evaluation/judge-evaluation.ts';
import { GateVerdict } from '../../../shared/domain/gate-verdict.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { acceptedRun, BUCKET, DATA_URI, testStage } from '../../fakes/accepted-run.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON } from '../../fakes/sample-records.ts';

const ARTIFACT = `s3://${BUCKET}/runs/job/output/model.tar.gz`;
const training = {
  number: 1,
  attempt: 1,
  pipelineExecutionArn: 'arn:x',
  startedAt: NOON,
  finishedAt: NOON,
  artifactUri: ARTIFACT,
};
const evaluationData = { sha256: 'e'.repeat(64), rows: 17867 };

function reportWith(auc: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ binary_classification_metrics: { auc: { value: auc } }, evaluationData, ...more });
}

async function world(report: string | undefined, changes: Partial<Run> = {}) {
  const { run, documents, objects } = await acceptedRun({ training, ...changes });
  const runs = fakeRuns();
  runs.put(run);
  objects.put(ARTIFACT, 'the model');
  const uri = `s3://${BUCKET}/runs/${run.runId}/t1/evaluation/evaluation.json`;
  if (report !== undefined) objects.put(uri, report);
  const archiveProblems: string[] = [];
  const deps = {
    runs,
    timeline: runs.timeline,
    documents,
    objects,
    checkArchive: async () => archiveProblems,
    onboarding: fakeOnboarding(),
    stage: testStage,
    now: () => NOON,
  };
  const judge = () => step.run({ runId: run.runId, attempt: run.attempt }, deps);
  return { run, deps, judge, archiveProblems, uri, current: () => runs.get(run.runId) };
}

describe('judging an evaluation', () => {
  it('passes a candidate whose gates hold, and keeps verdict, report and artifact by their digests', async () => {
    const w = await world(reportWith(0.73));
    await expect(w.judge()).resolves.toEqual({ outcome: 'passed', reasons: [] });
    const run = await w.current();
    expect(run).toMatchObject({ status: 'judging', artifactSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(run.report).toMatchObject({ uri: w.uri, versionId: expect.any(String) });
    if (run.verdict === undefined) throw new Error('no verdict');
    const verdict = GateVerdict.parse(JSON.parse(Buffer.from(await w.deps.documents.read(run.verdict)).toString()));
    expect(verdict.results.map(({ origin, result }) => [origin, result])).toEqual([
      ['policy', 'passed'],
      ['floor', 'passed'],
    ]);
    expect(w.deps.timeline.bus.facts[0]?.detailType).toBe('EvaluationJudged.v1');
  });

  it('rejects one that misses a gate, with the numbers', async () => {
    const w = await world(reportWith(0.619));
    const judgement = await w.judge();
    expect(judgement.outcome).toBe('rejected');
    expect(judgement.reasons[0]).toContain('0.619');
    expect(judgement.reasons[0]).toContain('0.7');
  });

  it.each([
    ['missing', undefined, 'evaluation.json is missing'],
    ['not JSON', '{', 'not JSON'],
    ['empty', '', 'empty'],
    ['over a megabyte', `"${'x'.repeat(1_100_000)}"`, 'at most 1048576'],
    ['with the string NaN', reportWith('NaN'), 'not a number'],
    ['with a bare NaN', reportWith(0).replace('"value":0', '"value": NaN'), 'not a number'],
    ['without the metric', JSON.stringify({ evaluationData }), 'missing from the report'],
  ])('cannot tell from a report that is %s', async (_what, report, sentence) => {
    const w = await world(report);
    const judgement = await w.judge();
    expect(judgement.outcome).toBe('inconclusive');
    expect(judgement.reasons.join(' ')).toContain(sentence);
  });

  it('cannot tell when the data changed while the run trained', async () => {
    const w = await world(reportWith(0.73));
    w.deps.objects.put(`${DATA_URI}more.csv.gz`, 'more');
    const judgement = await w.judge();
    expect(judgement.outcome).toBe('inconclusive');
    expect(judgement.reasons.join(' ')).toContain('more.csv.gz was added');
  });

  it('answers a repetition with the verdict that was given, whatever the report says now', async () => {
    const w = await world(reportWith(0.73));
    await w.judge();
    w.deps.objects.put(w.uri, reportWith(0.1));
    await expect(w.judge()).resolves.toEqual({ outcome: 'passed', reasons: [] });
    expect(w.deps.timeline.events).toHaveLength(1);
  });

  it('blocks a candidate whose artifact changed after the verdict', async () => {
    const w = await world(reportWith(0.73));
    await w.judge();
    w.deps.objects.put(ARTIFACT, 'another model');
    await expect(w.judge()).resolves.toMatchObject({ outcome: 'blocked' });
  });

  it('blocks a candidate whose archive may not be served', async () => {
    const w = await world(reportWith(0.73));
    w.archiveProblems.push('code/requirements.txt, line 1: numpy has no --hash.');
    await expect(w.judge()).resolves.toEqual({ outcome: 'blocked', reasons: w.archiveProblems });
  });

  it('blocks a candidate whose artifact is larger than is taken, without reading it', async () => {
    const w = await world(reportWith(0.73));
    w.deps.objects.head = async () => ({ versionId: 'v1', sizeBytes: 3_000_000_001 });
    w.deps.objects.digest = () => Promise.reject(new Error('The artifact was read.'));
    await expect(w.judge()).resolves.toMatchObject({
      outcome: 'blocked',
      reasons: [expect.stringContaining('3000000001 bytes; at most 3000000000')],
    });
    expect((await w.current()).artifactSha256).toBeUndefined();
  });

  it('asks for the champion where one was live', async () => {
    const champion = {
      runId: 'f'.repeat(20),
      version: 1,
      modelPackageArn: 'arn',
      artifactSha256: 'b'.repeat(64),
      artifactUri: `s3://${BUCKET}/approved/x/model.tar.gz`,
    };
    const w = await world(reportWith(0.73), { champion });
    await w.judge();
    const run = await w.current();
    if (run.verdict === undefined) throw new Error('no verdict');
    const text = Buffer.from(await w.deps.documents.read(run.verdict)).toString();
    expect(JSON.parse(text)).toMatchObject({ championPresent: false, verdict: 'passed' });
  });
});
