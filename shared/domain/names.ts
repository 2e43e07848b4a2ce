import { sha256Hex } from './canonical-json.ts';

/** sha256(project id, GitLab pipeline id, commit): one pipeline is one run, however often it is reported. */
export function runKeyOf(projectId: number, pipelineId: number, commit: string): string {
  return sha256Hex(`${projectId}/${pipelineId}/${commit}`);
}

/** For a retraining, the case and its count stand where the pipeline's id does. */
export function retrainingKeyOf(projectId: number, caseId: string, number: number, commit: string): string {
  return sha256Hex(`${projectId}/${caseId}/${number}/${commit}`);
}

/** 80 bits of the run key: short enough for every name that is derived from it. */
export function runIdOf(runKey: string): string {
  return runKey.slice(0, 20);
}

/** The execution of `model-lifecycle` for one attempt; 24 characters at most. */
export function executionNameOf(runId: string, attempt: number): string {
  return attempt === 1 ? runId : `${runId}-r${attempt}`;
}

/** The child execution of `endpoint-rollout`; at most 24 + 1 + 12 characters. */
export function rolloutNameOf(runId: string, attempt: number, environment: string): string {
  return `${executionNameOf(runId, attempt)}-${environment}`;
}

/** `ClientRequestToken` of StartPipelineExecution (32 to 128 characters). A new training of a run is a new token. */
export function trainingTokenOf(runKey: string, trainingNumber: number): string {
  return sha256Hex(`${runKey}/training/${trainingNumber}`);
}

/** Pipelines are immutable: one per model and what defines it, so that two runs never race on an update. */
export function pipelineNameOf(stage: string, model: string, digest: string): string {
  return `mlops-${stage}-${model}-${digest.slice(0, 12)}`;
}

export function packageGroupNameOf(stage: string, model: string): string {
  return `mlops-${stage}-${model}`;
}

/** At most 63 characters: 6 + 8 (stage) + 1 + 24 (model) + 1 + 12 (environment). */
export function endpointNameOf(stage: string, model: string, environment: string): string {
  return `mlops-${stage}-${model}-${environment}`;
}

/** Which model and environment an endpoint of this stage serves; `undefined` for any other endpoint. */
export function placeOfEndpointName(stage: string, name: string): { model: string; environment: string } | undefined {
  const prefix = `mlops-${stage}-`;
  const parts = /^(.+)-([a-z0-9]+)$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '');
  const [, model, environment] = parts ?? [];
  return model === undefined || environment === undefined ? undefined : { model, environment };
}

/** A SageMaker model or endpoint configuration, named by the digest of all that defines it; at most 63 characters. */
export function digestNameOf(stage: string, model: string, digest: string): string {
  return `mlops-${stage}-${model}-${digest.slice(0, 20)}`;
}

const ROLLBACK_PREFIX = 'rollback-';

/** Holds leases and waits as a run does; 29 characters. `number` counts the rollbacks of the environment. */
export function rollbackIdOf(model: string, environment: string, number: number, requestedAt: string): string {
  return `${ROLLBACK_PREFIX}${sha256Hex(`${model}/${environment}/${number}/${requestedAt}`).slice(0, 20)}`;
}

/** Whether the holder of a lease is a rollback and no run. */
export function isRollbackId(holderId: string): boolean {
  return holderId.startsWith(ROLLBACK_PREFIX);
}

export const subjects = {
  training: (pipelineExecutionArn: string) => `training/${pipelineExecutionArn}`,
  review: (reviewId: string) => `review/${reviewId}`,
  lease: (model: string, environment: string, runId: string, attempt: number) =>
    `lease/${model}/${environment}/${runId}/${attempt}`,
  /** One for all attempts of a rollback: it keeps its lease until it has ended. */
  rollbackLease: (model: string, environment: string, rollbackId: string) =>
    `lease/${model}/${environment}/${rollbackId}/1`,
  /** One subject per change, so that a late answer to one never wakes the wait for another. */
  endpoint: (endpointName: string, moverId: string, attempt: number, towards: 'pending' | 'live') =>
    `endpoint/${endpointName}/${moverId}/${attempt}/${towards}`,
};
