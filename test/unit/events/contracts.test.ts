import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { factCatalogue } from '../../../events/contracts/fact-catalogue.ts';
import { factOfRunEvent } from '../../../events/contracts/fact-of-run-event.ts';
import { GitlabPipelineHook } from '../../../events/contracts/gitlab-pipeline-hook.ts';
import { pipelineReportedOf } from '../../../events/contracts/pipeline-reported.ts';
import { EndpointStateChange } from '../../../events/contracts/sagemaker-endpoint-state-change.ts';
import { PipelineExecutionStatusChange } from '../../../events/contracts/sagemaker-pipeline-execution-status-change.ts';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import { Run } from '../../../shared/domain/run.ts';
import { RunEvent, RunEventType } from '../../../shared/domain/run-event.ts';

const folder = new URL('../../../events/samples/', import.meta.url);
const sampleOf = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

describe('facts on the bus', () => {
  it.each(
    Object.entries(factCatalogue),
  )('%s takes its sample as it stands, and nothing without an identity', (detailType, schema) => {
    const sample = sampleOf(detailType);
    expect(schema.parse(sample)).toEqual(sample);
    expect(schema.safeParse({ ...sample, occurredAt: undefined }).success).toBe(false);
    expect(schema.safeParse({}).success).toBe(false);
  });

  it('have a sample each, and no sample is left without a contract', () => {
    const others = [
      'gitlab-pipeline-hook',
      'sagemaker-endpoint-state-change',
      'sagemaker-pipeline-execution-status-change',
    ];
    expect(readdirSync(folder).sort()).toEqual(
      [...Object.keys(factCatalogue), ...others].map((name) => `${name}.json`).sort(),
    );
  });
});

describe('events of SageMaker', () => {
  it('tell which execution of a pipeline changed', () => {
    expect(
      PipelineExecutionStatusChange.parse(sampleOf('sagemaker-pipeline-execution-status-change').detail),
    ).toMatchObject({ currentPipelineExecutionStatus: 'Succeeded' });
  });

  it.each([
    ['IN_SERVICE', 'InService'],
    ['InService', 'InService'],
    ['UPDATE_ROLLBACK_FAILED', 'UpdateRollbackFailed'],
    ['FAILED', 'Failed'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('say %s where DescribeEndpoint says %s', (inEvent, inApi) => {
    const { detail } = sampleOf('sagemaker-endpoint-state-change');
    expect(EndpointStateChange.parse({ ...detail, EndpointStatus: inEvent }).EndpointStatus).toBe(inApi);
  });
});

describe('the pipeline hook of GitLab', () => {
  const hook = sampleOf('gitlab-pipeline-hook');

  it('becomes the fact that the sample shows', () => {
    const sample = sampleOf('PipelineReported.v1');
    expect(pipelineReportedOf(GitlabPipelineHook.parse(hook), sample.deliveryId, sample.occurredAt)).toEqual(sample);
  });

  it('is told to be a child when another pipeline started it', () => {
    const child = GitlabPipelineHook.parse({ ...hook, source_pipeline: { pipeline_id: 1 }, merge_request: null });
    expect(pipelineReportedOf(child, 'd', '2026-11-02T09:30:00.000Z')).toMatchObject({ isChild: true });
    expect(pipelineReportedOf(child, 'd', '2026-11-02T09:30:00.000Z')).not.toHaveProperty('mergeRequestIid');
  });

  it('keeps its package job and stays small however many jobs and long texts it has', () => {
    const long = 'x'.repeat(5000);
    const builds = [
      ...Array.from({ length: 500 }, (_, index) => ({ name: `job-${index}-${long}`, status: 'success' })),
      { name: 'package', status: 'failed' },
    ];
    const big = GitlabPipelineHook.parse({
      ...hook,
      builds,
      user: { ...hook.user, name: long },
      commit: { ...hook.commit, title: null, message: long },
    });
    const fact = pipelineReportedOf(big, 'd', '2026-11-02T09:30:00.000Z');
    expect(fact.jobs[0]).toEqual({ name: 'package', status: 'failed' });
    expect(JSON.stringify(fact).length).toBeLessThan(8 * 1024);
  });

  it.each([
    ['another kind', { object_kind: 'push' }],
    ['a pipeline without a commit', { commit: null }],
    ['no jobs', { builds: undefined }],
    ['a commit that is none', { object_attributes: { ...hook.object_attributes, sha: 'main' } }],
    ['a number as text', { object_attributes: { ...hook.object_attributes, id: '4711' } }],
  ])('is refused with %s', (_case, changes) => {
    expect(GitlabPipelineHook.safeParse({ ...hook, ...changes }).success).toBe(false);
  });
});

describe('facts of a timeline', () => {
  const accepted = sampleOf('RunAccepted.v1');
  const run: Run = Run.parse({
    runId: accepted.runId,
    runKey: 'a'.repeat(64),
    model: accepted.model,
    sequence: 7,
    attempt: 1,
    status: 'rolling-out',
    reasons: [],
    projectId: 17,
    projectPath: 'ml/flight-delays',
    ref: 'main',
    commit: accepted.commit,
    commitTitle: 'Add the wind',
    commitAuthor: { name: 'Dana', email: 'dana@example.com' },
    pipelineId: 4711,
    pipelineUrl: 'https://gitlab.example.com/p',
    triggeredBy: { id: 5, username: 'data-scientist', name: 'Dana' },
    acceptedAt: accepted.occurredAt,
    updatedAt: accepted.occurredAt,
    environments: ['dev', 'qa', 'prod'],
  });
  const eventOf = (type: RunEventType, more: Record<string, unknown> = {}) =>
    RunEvent.parse({ runId: run.runId, key: type, type, at: accepted.occurredAt, summary: 'It happened.', ...more });

  const cases: [RunEventType, Record<string, unknown>, string][] = [
    ['run-accepted', {}, 'RunAccepted.v1'],
    ['training-finished', {}, 'TrainingFinished.v1'],
    ['training-failed', {}, 'TrainingFinished.v1'],
    ['evaluation-judged', { detail: { verdict: 'passed' } }, 'EvaluationJudged.v1'],
    ['version-registered', { detail: { version: 7, modelPackageArn: 'arn' } }, 'ModelVersionRegistered.v1'],
    ['approval-requested', { detail: { reviewId: 'r', expiresAt: accepted.occurredAt } }, 'ApprovalRequested.v1'],
    ['approval-decided', { detail: { outcome: 'approved' }, actor: 'steward-1' }, 'ApprovalDecided.v1'],
    ['approval-expired', {}, 'ApprovalDecided.v1'],
    ['rollout-finished', { environment: 'prod' }, 'RolloutFinished.v1'],
    ['rollout-failed', { environment: 'prod' }, 'RolloutFinished.v1'],
    ['model-live', { detail: { version: 7 } }, 'ModelLive.v1'],
    ['run-routed-back', { detail: { reasons: ['too weak'] } }, 'RunRoutedBack.v1'],
  ];

  it.each(cases)('%s goes out with its run, model, commit and time', (type, more, detailType) => {
    const fact = factOfRunEvent(eventOf(type, more), run);
    expect(fact).toMatchObject({
      detailType,
      occurredAt: accepted.occurredAt,
      detail: { runId: run.runId, model: run.model, commit: run.commit, occurredAt: accepted.occurredAt },
    });
    expect(factCatalogue[fact?.detailType ?? 'ModelLive.v1'].safeParse(fact?.detail).success).toBe(true);
  });

  it.each([
    ['long', 'x'],
    ['of wide letters', '€'],
    ['of control characters', '\u0001'],
  ])('stay within 8 KB however many reasons there are, and %s', (_what, letter) => {
    const reasons = Array.from({ length: 20 }, (_, index) => `${index} ${letter.repeat(990)}`);
    for (const fact of [
      factOfRunEvent(eventOf('run-routed-back', { detail: { reasons } }), run),
      factOfRunEvent(eventOf('run-routed-back'), { ...run, reasons }),
    ]) {
      expect(Buffer.byteLength(JSON.stringify(fact))).toBeLessThan(8 * 1024);
      expect(fact?.detail.reasons).toEqual(
        expect.arrayContaining([expect.stringMatching(/^… and \d+ more; see the run's page\.$/)]),
      );
    }
  });

  it('all others stay within the run', () => {
    const publicTypes = cases.map(([type]) => type);
    const quiet = RunEventType.options.filter((type) => !publicTypes.includes(type));
    expect(quiet.map((type) => factOfRunEvent(eventOf(type), run))).toEqual(quiet.map(() => undefined));
  });

  it('are a broken contract where the event lacks what the fact promises', () => {
    expect(() => factOfRunEvent(eventOf('evaluation-judged'), run)).toThrow(ContractBroken);
    expect(() => factOfRunEvent(eventOf('rollout-finished'), run)).toThrow('RolloutFinished.v1');
  });
});
