import { step as acquireLease } from '../../../functions/deployment/acquire-lease.ts';
import { step as recordDeployment } from '../../../functions/deployment/record-deployment.ts';
import { step as releaseLease } from '../../../functions/deployment/release-lease.ts';
import { step as restoreEndpoint } from '../../../functions/deployment/restore-endpoint.ts';
import { step as rollOutEndpoint } from '../../../functions/deployment/roll-out-endpoint.ts';
import { step as smokeTestEndpoint } from '../../../functions/deployment/smoke-test-endpoint.ts';
import { step as verifyRelease } from '../../../functions/deployment/verify-release.ts';
import { settleEndpoint } from '../../../shared/application/settle-endpoint.ts';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import type { Run } from '../../../shared/domain/run.ts';
import type { RunEnd } from '../../../shared/domain/run-end.ts';
import { acceptedRun, BUCKET, testStage } from '../../fakes/accepted-run.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeGitlabDeployments } from '../../fakes/gitlab.ts';
import { fakeLeases } from '../../fakes/leases.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeReviews } from '../../fakes/reviews.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { fakeHosting, fakeModelRegistry } from '../../fakes/sagemaker.ts';
import { NOON, sampleOnboarding, sampleReview } from '../../fakes/sample-records.ts';

const MODEL_BYTES = 'the model';
const REVIEW_ID = '0123456789abcdef0123456789abcdef';
const GOLDEN = [1, 2, 3]
  .map((n) => `{"input":"${n}","contentType":"text/csv","output":{"score":${n / 10}}}`)
  .join('\n');

/** An endpoint that answers the golden inputs as the candidate did. */
const rightAnswer = (input: string) => ({
  outcome: 'answered' as const,
  body: JSON.stringify({ score: Number(input) / 10 }),
  latencyMs: 5,
});

/** An approved run before its first roll-out, over fakes. */
async function approvedRun(changes: Partial<Run>) {
  const accepted = await acceptedRun(changes);
  const { documents, objects } = accepted;
  const artifactSha256 = sha256Hex(MODEL_BYTES);
  const artifactUri = `s3://${BUCKET}/approved/${artifactSha256}/model.tar.gz`;
  objects.put(artifactUri, MODEL_BYTES);
  const goldenUri = `s3://${BUCKET}/runs/${accepted.run.runId}/t1/postprocess/golden-answers.jsonl`;
  const { versionId } = objects.put(goldenUri, GOLDEN);
  const record = sampleOnboarding();
  const registry = fakeModelRegistry();
  const { modelPackageArn, version } = await registry.register({
    group: 'mlops-test-flight-delays',
    runId: accepted.run.runId,
    acceptedAt: '2026-11-20T10:00:00.000Z',
    clientToken: 'x',
    description: '',
    image: record.images.inference,
    artifactUri,
    environment: {},
    contentTypes: [],
    responseTypes: [],
    instanceTypes: [],
    reportUri: '',
    reportSha256: '',
    commit: '',
    repository: '',
    projectId: '',
    properties: { 'mlops:artifact-sha256': artifactSha256 },
    modelCard: '',
  });
  await registry.setApproval(modelPackageArn, 'Approved', '');
  const packetSha256 = 'a'.repeat(64);
  const by = { id: 3, username: 'steward-1', name: 'Stella' };
  const policySha256 = accepted.run.policySha256 ?? '';
  const run: Run = {
    ...accepted.run,
    status: 'rolling-out',
    reviewId: REVIEW_ID,
    registered: {
      modelPackageArn,
      version,
      artifactUri,
      artifactSha256,
      image: record.images.inference,
      goldenAnswers: { uri: goldenUri, versionId, sha256: sha256Hex(GOLDEN) },
    },
    approval: { decidedBy: by, decidedAt: NOON, packetSha256, artifactSha256, policySha256 },
  };
  const runs = fakeRuns();
  runs.put(run);
  const reviews = fakeReviews(runs);
  reviews.put(sampleReview(run, { status: 'approved', artifactSha256, policySha256 }));
  const rendezvous = fakeRendezvous();
  const deps = {
    runs,
    timeline: runs.timeline,
    reviews,
    documents,
    objects,
    registry,
    rendezvous,
    answerTask: rendezvous.tokens.answerTask,
    failTask: rendezvous.tokens.failTask,
    deployments: fakeDeployments(),
    leases: fakeLeases(),
    hosting: fakeHosting(rightAnswer),
    gitlab: fakeGitlabDeployments(),
    onboarding: fakeOnboarding(record),
    stage: testStage,
    now: () => NOON,
  };
  return { run, deps, modelPackageArn };
}

type Deps = Awaited<ReturnType<typeof approvedRun>>['deps'];

/** An approved run, and the steps of endpoint-rollout. */
export async function rolloutWorld(changes: Partial<Run> = {}) {
  const approved = await approvedRun(changes);
  return { ...approved, ...stepsOf(approved.run, approved.deps) };
}

export type RolloutWorld = Awaited<ReturnType<typeof rolloutWorld>>;

function stepsOf(run: Run, deps: Deps) {
  const which = (environment: string, fence: number) => ({
    runId: run.runId,
    attempt: run.attempt,
    environment,
    fence,
  });
  const endpointName = (environment: string) => `mlops-test-flight-delays-${environment}`;
  return {
    endpointName,
    acquire: (environment = 'dev', taskToken = 'lease') =>
      acquireLease.run({ ...which(environment, 0), taskToken }, deps),
    verify: (environment = 'dev') => verifyRelease.run(which(environment, 1), deps),
    rollOut: (environment = 'dev', taskToken = 'move', fence = 1) =>
      rollOutEndpoint.run({ ...which(environment, fence), taskToken }, deps),
    /** SageMaker ends the change and its event comes in. */
    async arrive(environment = 'dev', changes = {}) {
      deps.hosting.settle(endpointName(environment), changes);
      return settleEndpoint(run.model, environment, deps);
    },
    /** SageMaker goes back to the former configuration. */
    async takeBack(environment = 'dev') {
      deps.hosting.takeBack(endpointName(environment));
      return settleEndpoint(run.model, environment, deps);
    },
    smokeTest: (environment = 'dev') => smokeTestEndpoint.run(which(environment, 1), deps),
    record: (environment = 'dev') => recordDeployment.run(which(environment, 1), deps),
    restore: (environment = 'dev', taskToken = 'back') =>
      restoreEndpoint.run({ ...which(environment, 1), taskToken }, deps),
    release: (end: RunEnd, restoration: 'untouched' | 'restored' | 'failed' = 'untouched', environment = 'dev') =>
      releaseLease.run({ ...which(environment, 1), restoration, end }, deps),
    answer: (taskToken: string) => deps.rendezvous.tokens.answers.get(taskToken),
    deployment: (environment = 'dev') => deps.deployments.find(run.model, environment),
    events: () => deps.timeline.events.map(({ key }) => key),
  };
}
