import { cookieSessions } from '../../../shared/adapters/sign-in/cookie-sessions.ts';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import { Policy } from '../../../shared/domain/policy.ts';
import type { ChangedCommit } from '../../../shared/domain/review.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeDocuments } from '../../fakes/documents.ts';
import {
  type FakeRepositoryContent,
  fakeIdentities,
  fakeMemberships,
  fakeSourceRepository,
} from '../../fakes/gitlab.ts';
import { fakeNotices } from '../../fakes/notices.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeReviews } from '../../fakes/reviews.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { COMMIT, NOON, sampleOnboarding, sampleRelease, sampleRun } from '../../fakes/sample-records.ts';
import { fakeSecrets } from '../../fakes/secrets.ts';

export const PUBLIC_URL = 'http://127.0.0.1:8080';
export const LIVE_COMMIT = 'f'.repeat(40);

export const people = {
  dataScientist: { id: 2, username: 'data-scientist', name: 'Dana Scientist', email: 'dana@example.com' },
  steward: { id: 3, username: 'steward-1', name: 'Sam Steward', email: 'sam@example.com' },
  otherSteward: { id: 4, username: 'steward-2', name: 'Toni Steward', email: 'toni@example.com' },
  outsider: { id: 5, username: 'outsider', name: 'Olaf Outsider', email: 'olaf@example.com' },
};

export const policy = Policy.parse({
  apiVersion: 'mlops/v1',
  model: 'flight-delays',
  data: [{ name: 'flights', uri: 's3://mlops-data-test/flight-delays/' }],
  pipeline: {},
  evaluation: { gates: [{ metric: 'auc', min: 0.7 }] },
  approval: { stewards: { group: 'ml-stewards' }, expiresAfter: 'P3D' },
  environments: [
    { name: 'dev', instanceType: 'ml.t2.medium' },
    { name: 'prod', instanceType: 'ml.m5.large', instanceCount: 2 },
  ],
  smokeTest: {},
});

export const commit = (
  sha: string,
  email = 'dana@example.com',
  title = 'Use the hour of departure',
): ChangedCommit => ({
  sha,
  title,
  authorName: 'Dana Scientist',
  authorEmail: email,
  url: `https://gitlab.example.com/ml/flight-delays/-/commit/${sha}`,
});

/** Everything that approval touches, in memory, with a run that has just been registered. */
export function approvalWorld(content: FakeRepositoryContent = { commits: [commit(COMMIT)] }) {
  const clock = { now: Date.parse(NOON) };
  const now = () => new Date(clock.now).toISOString();
  let ids = 0;
  const newId = () => (ids++).toString(16).padStart(32, '0');
  const runs = fakeRuns();
  const secrets = fakeSecrets();
  const world = {
    clock,
    now,
    newId,
    publicUrl: PUBLIC_URL,
    stage: 'test',
    runs,
    timeline: runs.timeline,
    reviews: fakeReviews(runs),
    deployments: fakeDeployments(),
    documents: fakeDocuments(),
    rendezvous: fakeRendezvous(),
    notices: fakeNotices(),
    onboarding: fakeOnboarding(sampleOnboarding()),
    repository: fakeSourceRepository(content),
    memberships: fakeMemberships({
      users: Object.values(people),
      groups: { 'ml-stewards': { 3: 30, 4: 30 } },
      projects: { 17: { 2: 30, 9: 40 } },
    }),
    identities: fakeIdentities(),
    sessions: cookieSessions({ secrets, stage: 'test', publicUrl: PUBLIC_URL, now, newId: () => 'a'.repeat(32) }),
    failTask: async () => {},
  };
  return { ...world, register: (changes: Partial<Run> = {}) => registeredRun(world, changes) };
}

export type ApprovalWorld = ReturnType<typeof approvalWorld>;

const REPORT = {
  auc: 0.731,
  slices: { origin: { EWR: { rows: 600, auc: 0.74 }, JFK: { rows: 590, auc: 0.71 } } },
  evaluationData: { sha256: 'd'.repeat(64), rows: 1190 },
};

const VERDICT = {
  verdict: 'passed',
  championPresent: false,
  problems: [],
  results: [
    {
      gate: { metric: 'auc', min: 0.7 },
      origin: 'policy',
      metric: 'auc',
      operator: '≥',
      value: 0.731,
      threshold: 0.7,
      result: 'passed',
      sentence: 'auc is 0.731.',
    },
  ],
};

const DATA = {
  sources: [
    {
      name: 'flights',
      uri: 's3://mlops-data-test/flight-delays/',
      objects: [{ key: 'a.csv', versionId: 'v1', etag: 'e', sizeBytes: 900 }],
    },
  ],
};

async function registeredRun(
  { runs, documents }: Pick<ApprovalWorld, 'runs' | 'documents'>,
  changes: Partial<Run>,
): Promise<Run> {
  const run = sampleRun({
    status: 'registering',
    environments: ['dev', 'prod'],
    policySha256: 'c'.repeat(64),
    dataDigest: '8'.repeat(64),
    ...changes,
  });
  const write = (name: string, value: unknown) =>
    documents.write(`documents/${run.runId}/${name}.json`, canonicalJson(value), 'application/json');
  return runs.put({
    ...run,
    policy: run.policy ?? (await write('policy', policy)),
    verdict: await write('verdict', VERDICT),
    report: await write('report', REPORT),
    data: await write('data', DATA),
    artifactSha256: 'b'.repeat(64),
    registered: {
      modelPackageArn: `arn:aws:sagemaker:eu-central-1:000000000000:model-package/mlops-test-flight-delays/${run.sequence}`,
      version: run.sequence,
      artifactUri: `s3://mlops-test/approved/${'b'.repeat(64)}/model.tar.gz`,
      artifactSha256: 'b'.repeat(64),
      image: 'sagemaker-scikit-learn:1.4-2-cpu-py3',
      goldenAnswers: { uri: 's3://mlops-test/runs/x/golden-answers.jsonl', versionId: 'v1', sha256: 'e'.repeat(64) },
    },
  });
}

/** A version that is live in prod already. */
export function putLive(world: ApprovalWorld, run: Run): void {
  world.deployments.put({
    model: run.model,
    environment: 'prod',
    endpointName: 'mlops-test-flight-delays-prod',
    live: sampleRelease(run, { commit: run.commit }),
  });
}
