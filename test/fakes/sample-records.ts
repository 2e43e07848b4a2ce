import type { Release } from '../../shared/domain/deployment.ts';
import { runIdOf, runKeyOf } from '../../shared/domain/names.ts';
import { OnboardingRecord } from '../../shared/domain/onboarding.ts';
import type { Review } from '../../shared/domain/review.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';

export const COMMIT = 'c0ffee0000000000000000000000000000000001';
export const NOON = '2026-11-23T12:00:00.000Z';

/** A run as acceptance creates it; two runs of one test differ by their pipeline id. */
export function sampleRun(changes: Partial<Run> = {}): Run {
  const projectId = changes.projectId ?? 17;
  const pipelineId = changes.pipelineId ?? 101;
  const commit = changes.commit ?? COMMIT;
  const runKey = runKeyOf(projectId, pipelineId, commit);
  return {
    runId: runIdOf(runKey),
    runKey,
    model: 'flight-delays',
    sequence: 1,
    attempt: 1,
    status: 'training',
    reasons: [],
    projectId,
    projectPath: 'ml/flight-delays',
    ref: 'main',
    commit,
    commitTitle: 'Use the hour of departure',
    commitAuthor: { name: 'Dana Scientist', email: 'dana@example.com' },
    pipelineId,
    pipelineUrl: `https://gitlab.example.com/ml/flight-delays/-/pipelines/${pipelineId}`,
    triggeredBy: { id: 2, username: 'data-scientist', name: 'Dana Scientist' },
    acceptedAt: NOON,
    updatedAt: NOON,
    environments: ['dev', 'qa', 'prod'],
    ...changes,
  };
}

export function sampleEvent(run: Pick<Run, 'runId'>, changes: Partial<RunEvent> = {}): RunEvent {
  const type = changes.type ?? 'run-accepted';
  return { runId: run.runId, key: type, type, at: NOON, summary: 'The run was accepted.', detail: {}, ...changes };
}

export function sampleReview(run: Pick<Run, 'runId' | 'model' | 'sequence'>, changes: Partial<Review> = {}): Review {
  return {
    reviewId: '0123456789abcdef0123456789abcdef',
    runId: run.runId,
    model: run.model,
    sequence: run.sequence,
    version: 1,
    status: 'pending',
    stewardsGroup: 'ml-stewards',
    fourEyes: true,
    packet: { uri: `s3://mlops-test/documents/${run.runId}/packet.json`, versionId: 'v1', sha256: 'a'.repeat(64) },
    artifactSha256: 'b'.repeat(64),
    policySha256: 'c'.repeat(64),
    requestedAt: NOON,
    expiresAt: '2026-11-26T12:00:00.000Z',
    ...changes,
  };
}

export function sampleRelease(
  run: Pick<Run, 'runId' | 'sequence' | 'commit'>,
  changes: Partial<Release> = {},
): Release {
  return {
    runId: run.runId,
    sequence: run.sequence,
    version: run.sequence,
    modelPackageArn: `arn:aws:sagemaker:eu-central-1:000000000000:model-package/mlops-test-flight-delays/${run.sequence}`,
    artifactSha256: 'b'.repeat(64),
    artifactUri: `s3://mlops-test/approved/${'b'.repeat(64)}/model.tar.gz`,
    commit: run.commit,
    modelName: 'mlops-test-flight-delays-model',
    endpointConfigName: `mlops-test-flight-delays-config-${run.sequence}`,
    at: NOON,
    ...changes,
  };
}

export function sampleOnboarding(changes: Partial<OnboardingRecord> = {}): OnboardingRecord {
  return OnboardingRecord.parse({
    model: 'flight-delays',
    project: { id: 17, path: 'ml/flight-delays' },
    allowedRefs: ['main'],
    groups: { stewards: 'ml-stewards', onCall: 'ml-on-call' },
    roles: {
      pipeline: 'arn:aws:iam::000000000000:role/mlops-test-pipeline',
      training: 'arn:aws:iam::000000000000:role/mlops-test-training',
      serving: 'arn:aws:iam::000000000000:role/mlops-test-serving',
    },
    images: {
      processing: '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
      training: '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
      inference: '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
    },
    dataLocations: ['s3://mlops-data-test/flight-delays/'],
    floors: {
      gates: [{ metric: 'binary_classification_metrics.auc.value', min: 0.65 }],
      fourEyes: true,
      quorum: 1,
      environments: ['dev', 'qa', 'prod'],
    },
    ...changes,
  });
}
