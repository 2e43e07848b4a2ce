import type { GateResult } from '../../../shared/domain/gate-verdict.ts';
import type { MonitoringHistory } from '../../../shared/domain/monitoring-history.ts';
import type { Review } from '../../../shared/domain/review.ts';
import type { ReviewPacket } from '../../../shared/domain/review-packet.ts';
import type { RunEvent } from '../../../shared/domain/run-event.ts';
import type { ReviewView } from '../../../web/pages/review-page.tsx';
import { sampleReview, sampleRun } from '../../fakes/sample-records.ts';

export const NOW = '2026-11-23T14:30:00.000Z';

export const frame = {
  stage: 'local',
  now: NOW,
  viewer: { user: { id: 3, username: 'steward-1', name: 'Sam Steward' }, csrfToken: 'csrf-of-the-tests' },
};

export const HOSTILE = `<script>alert("x")</script>'"&`;

/** An environment that nothing watches yet. */
export const UNWATCHED: MonitoringHistory = {
  model: 'flight-delays',
  environment: 'prod',
  watched: undefined,
  windows: [],
  readings: [],
  cases: [],
};

export function gate(changes: Partial<GateResult> = {}): GateResult {
  return {
    gate: { metric: 'binary_classification_metrics.auc.value', min: 0.7 },
    origin: 'policy',
    metric: 'binary_classification_metrics.auc.value',
    operator: '≥',
    value: 0.73142,
    threshold: 0.7,
    result: 'passed',
    sentence: 'binary_classification_metrics.auc.value is 0.731, at least 0.70 is needed.',
    ...changes,
  };
}

export const run = sampleRun({
  sequence: 7,
  status: 'awaiting-approval',
  acceptedAt: '2026-11-23T12:00:00.000Z',
  reviewId: '0123456789abcdef0123456789abcdef',
  registered: {
    modelPackageArn: 'arn:aws:sagemaker:eu-central-1:000000000000:model-package/mlops-local-flight-delays/7',
    version: 7,
    artifactUri: `s3://mlops-local/approved/${'b'.repeat(64)}/model.tar.gz`,
    artifactSha256: 'b'.repeat(64),
    image: '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
    goldenAnswers: { uri: 's3://mlops-local/runs/x/golden-answers.jsonl', versionId: 'v1', sha256: 'e'.repeat(64) },
  },
});

export const review: Review = sampleReview(run, { version: 7, requestedAt: '2026-11-23T12:30:00.000Z' });

export const packet: ReviewPacket = {
  schema: 'mlops/review-packet/v1',
  runId: run.runId,
  model: run.model,
  sequence: 7,
  version: 7,
  riskTier: 'high',
  requestedAt: review.requestedAt,
  expiresAt: review.expiresAt,
  stewardsGroup: 'ml-stewards',
  fourEyes: true,
  environments: [
    { name: 'dev', instanceType: 'ml.t2.medium', instanceCount: 1, strategy: 'all-at-once' },
    { name: 'qa', instanceType: 'ml.t2.medium', instanceCount: 1, strategy: 'all-at-once' },
    {
      name: 'prod',
      instanceType: 'ml.m5.large',
      instanceCount: 2,
      strategy: 'all-at-once',
      capture: { percent: 100, retainDays: 30 },
    },
  ],
  verdict: {
    verdict: 'passed',
    championPresent: true,
    problems: [],
    evaluationData: { sha256: 'd'.repeat(64), rows: 17_867 },
    results: [
      gate({ champion: 0.7249 }),
      gate({
        gate: {
          metric: 'binary_classification_metrics.auc.value',
          versus: 'champion',
          maxRegression: 0.01,
          better: 'higher',
        },
        champion: 0.7249,
        threshold: 0.7149,
      }),
      gate({ origin: 'floor', threshold: 0.65, champion: 0.7249 }),
      gate({ metric: 'slices.origin.EWR.auc', value: 0.7361, threshold: 0.65, rows: 6012, champion: 0.7302 }),
      gate({ metric: 'slices.origin.JFK.auc', value: 0.7105, threshold: 0.65, rows: 5920, champion: 0.7066 }),
      gate({ metric: 'slices.origin.LGA.auc', value: 0.7218, threshold: 0.65, rows: 5935, champion: 0.7237 }),
    ],
  },
  metrics: [
    { path: 'binary_classification_metrics.auc.value', value: 0.73142, champion: 0.7249 },
    { path: 'binary_classification_metrics.auc.standard_deviation', value: 0.00342, champion: 0.0035 },
    { path: 'binary_classification_metrics.accuracy.value', value: 0.801, champion: 0.799 },
    { path: 'binary_classification_metrics.brier.value', value: 0.1403, champion: 0.1421 },
  ],
  slices: [
    { dimension: 'origin', name: 'EWR', rows: 6012, metrics: [{ path: 'auc', value: 0.7361, champion: 0.7302 }] },
    { dimension: 'origin', name: 'JFK', rows: 5920, metrics: [{ path: 'auc', value: 0.7105, champion: 0.7066 }] },
    { dimension: 'origin', name: 'LGA', rows: 5935, metrics: [{ path: 'auc', value: 0.7218, champion: 0.7237 }] },
  ],
  live: {
    runId: 'feedfacefeedfacefeed',
    version: 6,
    commit: 'f'.repeat(40),
    environment: 'prod',
    since: '2026-11-18T09:12:00.000Z',
  },
  changes: {
    policy: [
      { what: 'gate slices.origin.*.auc (floor)', before: '≥ 0.6', after: '≥ 0.65', direction: 'stricter' },
      { what: 'smoke test tolerance', before: '0.001', after: '0.01', direction: 'weaker' },
    ],
    commits: [
      {
        sha: 'a1b2c3d4e5'.repeat(4),
        title: 'Add the hour of departure as a feature',
        authorName: 'Dana Scientist',
        authorEmail: 'dana@example.com',
        url: 'https://gitlab.example.com/ml/flight-delays/-/commit/a1b2c3d4e5',
      },
      {
        sha: '0f1e2d3c4b'.repeat(4),
        title: 'إضافة ساعة المغادرة إلى الميزات',
        authorName: 'سارة',
        authorEmail: 'sara@example.com',
        url: 'https://gitlab.example.com/ml/flight-delays/-/commit/0f1e2d3c4b',
      },
    ],
    commitCount: 2,
    changedPaths: ['preprocessing.py', 'mlops.yaml'],
    diffUrl: 'https://gitlab.example.com/ml/flight-delays/-/compare/ffffff...c0ffee',
    dataChanged: false,
  },
  lineage: {
    projectPath: run.projectPath,
    ref: run.ref,
    commit: run.commit,
    commitTitle: run.commitTitle,
    commitAuthor: run.commitAuthor.name,
    pipelineUrl: run.pipelineUrl,
    policySha256: 'c'.repeat(64),
    bundleDigest: '9'.repeat(64),
    dataDigest: '8'.repeat(64),
    data: [{ name: 'flights', uri: 's3://mlops-data-local/flight-delays/', objectCount: 3, sizeBytes: 912_345 }],
    evaluationData: { sha256: 'd'.repeat(64), rows: 17_867 },
    image: '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
    trainingJobArn: 'arn:aws:sagemaker:eu-central-1:000000000000:training-job/pipelines-abc-Train-xyz',
    artifactUri: `s3://mlops-local/approved/${'b'.repeat(64)}/model.tar.gz`,
    artifactSha256: 'b'.repeat(64),
    modelPackageArn: 'arn:aws:sagemaker:eu-central-1:000000000000:model-package/mlops-local-flight-delays/7',
  },
  involved: [
    { role: 'pipeline-user', user: run.triggeredBy, evidence: 'ran pipeline 101' },
    {
      role: 'merger',
      user: { id: 9, username: 'maria', name: 'Maria Maintainer' },
      evidence: 'merged merge request !4',
    },
    { role: 'commit-author', evidence: 'سارة <sara@example.com> wrote commit 0f1e2d3c' },
  ],
};

const event = (type: RunEvent['type'], at: string, summary: string, more: Partial<RunEvent> = {}): RunEvent => ({
  runId: run.runId,
  key: type,
  type,
  at,
  summary,
  detail: {},
  ...more,
});

export const timeline: RunEvent[] = [
  event('run-accepted', '2026-11-23T12:00:00.000Z', 'Pipeline 101 of main was accepted as run 7.'),
  event('training-started', '2026-11-23T12:00:04.000Z', 'SageMaker preprocesses, trains and evaluates.'),
  event('training-finished', '2026-11-23T12:28:41.000Z', 'SageMaker finished all four steps.'),
  event('evaluation-judged', '2026-11-23T12:28:52.000Z', '6 of 6 gates passed.', { detail: { verdict: 'passed' } }),
  event('version-registered', '2026-11-23T12:29:10.000Z', 'Version 7 was registered; it waits for approval.'),
  event(
    'approval-requested',
    '2026-11-23T12:30:00.000Z',
    'The stewards of ml-stewards were asked to decide about version 7.',
  ),
];

export function reviewView(changes: Partial<ReviewView> = {}): ReviewView {
  return { review, packet, timeline, eligibility: { may: true }, ...changes };
}

export function manyGates(count: number): GateResult[] {
  return Array.from({ length: count }, (_, index) =>
    gate({
      metric: `slices.carrier_and_origin_airport.A${index}.area_under_curve`,
      value: 0.6 + index / 500,
      champion: 0.61 + index / 500,
      result: index === 0 ? 'rejected' : index === 1 ? 'inconclusive' : 'passed',
      sentence: `A${index} is ${0.6 + index / 500}; at least 0.65 is needed.`,
    }),
  );
}
