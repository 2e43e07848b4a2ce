import type { OnboardingRecord } from './onboarding.ts';
import type { Review } from './review.ts';
import type { Run } from './run.ts';

/** What is true now, asked for anew before each environment. */
type Evidence = {
  review: Review | undefined;
  version:
    | { approvalStatus: string; properties: Readonly<Record<string, string>>; artifactUri: string; image: string }
    | undefined;
  /** Of the bytes under approved/; `undefined` where there are none. */
  artifactSha256: string | undefined;
  policyIsIntact: boolean;
  record: OnboardingRecord | undefined;
  environment: string;
};

/**
 * Why a release may not go to an environment: one sentence each, none where all holds. An approval names one artifact, one image
 * and one policy; anything else was never approved.
 */
export function findReleaseProblems(run: Run, evidence: Evidence): string[] {
  const { approval, registered } = run;
  const { review, version, record, environment } = evidence;
  if (registered === undefined) return ['The run has no registered version. Push again.'];
  if (approval === undefined || review?.status !== 'approved') {
    return [
      `Version ${registered.version} has no approval. Only a steward's approval takes a version to ${environment}.`,
    ];
  }
  const checks: [holds: boolean, otherwise: string][] = [
    [approval.packetSha256 === review.packet.sha256, 'The approval was given for another review packet.'],
    [approval.artifactSha256 === registered.artifactSha256, 'The approval was given for another artifact.'],
    [approval.policySha256 === run.policySha256, 'The approval was given under another policy.'],
    [evidence.policyIsIntact, 'The recorded policy is missing or was changed.'],
    [
      evidence.artifactSha256 === registered.artifactSha256,
      `The bytes at ${registered.artifactUri} are not those that were approved (SHA-256 ${evidence.artifactSha256 ?? 'of nothing'}, approved ${registered.artifactSha256}).`,
    ],
    [
      version?.approvalStatus === 'Approved',
      `The registry says ${version?.approvalStatus ?? 'nothing'} of version ${registered.version}, not Approved.`,
    ],
    [
      version?.properties['mlops:artifact-sha256'] === registered.artifactSha256,
      `Version ${registered.version} in the registry names another artifact than the one that was approved.`,
    ],
    [
      version?.artifactUri === registered.artifactUri && version?.image === registered.image,
      `Version ${registered.version} in the registry would serve ${version?.artifactUri || 'nothing'} with ${version?.image || 'no image'}; approved was ${registered.artifactUri} with ${registered.image}. Somebody changed it: push again.`,
    ],
    [record !== undefined, `${run.model} is not onboarded any more.`],
    [
      record === undefined || record.images.inference === registered.image,
      `The platform serves ${run.model} with ${record?.images.inference ?? 'no image'} now; approved was ${registered.image}. Push again.`,
    ],
    [run.environments.includes(environment), `The policy knows no environment ${environment}.`],
  ];
  return checks.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}
