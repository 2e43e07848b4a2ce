import type { Run } from './run.ts';

/** Prefix of all that one training of a run writes; no trailing slash. */
export function outputUriOf(bucket: string, runId: string, trainingNumber: number): string {
  return `s3://${bucket}/runs/${runId}/t${trainingNumber}`;
}

export function reportUriOf(outputUri: string, reportName: string): string {
  return `${outputUri}/evaluation/${reportName}`;
}

export function goldenAnswersUriOf(outputUri: string): string {
  return `${outputUri}/postprocess/golden-answers.jsonl`;
}

/** What postprocess leaves for the version's baseline. */
export function trainingSampleUrisOf(outputUri: string): { rows: string; description: string } {
  const prefix = `${outputUri}/postprocess/training-sample`;
  return { rows: `${prefix}.csv`, description: `${prefix}.json` };
}

/** Where registration keeps the bytes that may be deployed: named by their digest. */
export function approvedUriOf(bucket: string, artifactSha256: string): string {
  return `s3://${bucket}/approved/${artifactSha256}/model.tar.gz`;
}

/** The object that stands for "nothing is live yet"; a job's input must exist. */
export function noChampionUriOf(bucket: string): string {
  return `s3://${bucket}/champion/none`;
}

/** Shown in SageMaker; a settled execution finds its run by it (letters, digits and single hyphens, at most 82). */
export function displayNameOf(runId: string, trainingNumber: number): string {
  return `${runId}-t${trainingNumber}`;
}

export function runIdOfDisplayName(displayName: string): string | undefined {
  return /^([0-9a-f]{20})-t\d+$/.exec(displayName)?.[1];
}

export function runPageOf(publicUrl: string, run: Pick<Run, 'runId'>): string {
  return `${publicUrl}/runs/${run.runId}`;
}

export function endpointPageOf(publicUrl: string, model: string, environment: string): string {
  return `${publicUrl}/models/${model}/environments/${environment}`;
}
