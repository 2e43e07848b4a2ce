import { PipelineReported } from '../../events/contracts/pipeline-reported.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeliveries } from '../../shared/adapters/dynamodb/deliveries.ts';
import { gitlabCommitStatuses } from '../../shared/adapters/gitlab/commit-statuses.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabSourceRepository } from '../../shared/adapters/gitlab/source-repository.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { parsePolicyFile } from '../../shared/adapters/policy-file.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { snsNotices } from '../../shared/adapters/sns/notices.ts';
import { lineFinderOf } from '../../shared/adapters/source-lines.ts';
import { stepFunctionsExecutions } from '../../shared/adapters/step-functions/executions.ts';
import { type CandidateSources, checkCandidate } from '../../shared/application/check-candidate.ts';
import { setCommitStatus } from '../../shared/application/set-commit-status.ts';
import { type TellOfLostPipelineDeps, tellOfLostPipeline } from '../../shared/application/tell-of-lost-pipeline.ts';
import { decideOnPipeline } from '../../shared/domain/accept-rules.ts';
import { executionNameOf, runIdOf, runKeyOf } from '../../shared/domain/names.ts';
import type { OnboardingRecord } from '../../shared/domain/onboarding.ts';
import { isActive, type Run } from '../../shared/domain/run.ts';
import { bounded, cut } from '../../shared/domain/run-end.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import type { Deliveries } from '../../shared/ports/deliveries.ts';
import type { Executions } from '../../shared/ports/executions.ts';
import type { CommitStatuses, SourceRepository } from '../../shared/ports/gitlab.ts';
import type { Onboarding } from '../../shared/ports/onboarding.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import { type ConsumedEvent, type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

export type AcceptDependencies = CandidateSources & {
  repository: Pick<SourceRepository, 'readFile' | 'pipeline' | 'jobs' | 'commit'>;
  statuses: CommitStatuses;
  onboarding: Pick<Onboarding, 'ofProject'>;
  runs: Pick<Runs, 'find' | 'create'>;
  deliveries: Pick<Deliveries, 'conclude'>;
  executions: Pick<Executions, 'startLifecycle'>;
  publicUrl: string;
  now: () => string;
};

type Pipeline = NonNullable<Awaited<ReturnType<SourceRepository['pipeline']>>>;
type VerifiedPipeline = { record: OnboardingRecord; pipeline: Pipeline };

/**
 * Turns a reported pipeline into a run, or records why it leads nowhere. Every effect happens once per pipeline however often this
 * is repeated and wherever it was cut off before.
 */
export async function acceptPipeline(
  { detail: report }: ConsumedEvent<PipelineReported>,
  dependencies: AcceptDependencies,
): Promise<void> {
  const { runs, deliveries } = dependencies;
  const record = dependencies.onboarding.ofProject(report.project.id);
  const verified = await verifyPipeline(report, record, dependencies.repository);
  if ('ignored' in verified) return ignore(report, verified.ignored, dependencies);
  const runId = runIdOf(runKeyOf(report.project.id, report.pipeline.id, report.pipeline.sha));
  const existing = await runs.find(runId);
  const { outcome, run } = existing
    ? { outcome: 'exists', run: existing }
    : await createRun(report, verified, dependencies);
  if (outcome === 'overtaken') return ignore(report, overtakenBy(run), dependencies);
  await begin(run, dependencies);
  await deliveries.conclude(report.deliveryId, { runId });
}

async function ignore(
  { deliveryId, pipeline }: PipelineReported,
  ignored: string,
  { deliveries }: AcceptDependencies,
): Promise<void> {
  logger.info('pipeline ignored', { deliveryId, pipelineId: pipeline.id, ignored });
  await deliveries.conclude(deliveryId, { ignored });
}

function overtakenBy({ pipelineId, ref, runId }: Run): string {
  return `The newer pipeline ${pipelineId} of ${ref} is on its way already (run ${runId}); an older one never follows it.`;
}

/** The hook is a hint: what counts is what GitLab says of the pipeline now. */
async function verifyPipeline(
  report: PipelineReported,
  record: OnboardingRecord | undefined,
  repository: AcceptDependencies['repository'],
): Promise<VerifiedPipeline | { ignored: string }> {
  const reported = decideOnPipeline(report, record);
  if (reported.outcome === 'ignored') return { ignored: reported.reason };
  const [pipeline, jobs] = await Promise.all([
    repository.pipeline(report.project.id, report.pipeline.id),
    repository.jobs(report.project.id, report.pipeline.id),
  ]);
  if (pipeline === undefined)
    return { ignored: `GitLab has no pipeline ${report.pipeline.id} in project ${report.project.id}.` };
  if (pipeline.sha !== report.pipeline.sha) {
    return {
      ignored: `The hook named commit ${report.pipeline.sha}; GitLab says that the pipeline ran for ${pipeline.sha}.`,
    };
  }
  const verified = decideOnPipeline({ ...report, pipeline: { ...pipeline, tag: report.pipeline.tag }, jobs }, record);
  if (verified.outcome === 'ignored') return { ignored: verified.reason };
  return record === undefined ? { ignored: 'The project is not onboarded.' } : { record, pipeline };
}

async function createRun(
  report: PipelineReported,
  verified: VerifiedPipeline,
  dependencies: AcceptDependencies,
): ReturnType<Runs['create']> {
  const candidate = await describeCandidate(report, verified, dependencies);
  const check = await checkCandidate(candidate, verified.record, dependencies);
  if (check.outcome === 'refused') {
    const reasons = bounded(check.reasons);
    const refused: Omit<Run, 'sequence'> = { ...candidate, status: 'refused', reasons, endedAt: candidate.acceptedAt };
    return dependencies.runs.create(refused, eventOf(candidate, 'run-refused', reasons.join(' '), {}));
  }
  const accepted: Omit<Run, 'sequence'> = { ...candidate, ...check.prepared };
  const summary = `Pipeline ${candidate.pipelineId} of ${candidate.ref} was accepted.`;
  const { policySha256, bundleDigest, dataDigest } = check.prepared;
  const detail = {
    commit: candidate.commit,
    policySha256,
    bundleDigest,
    dataDigest,
    bundleRecordUri: check.bundleRecordUri,
  };
  return dependencies.runs.create(accepted, eventOf(candidate, 'run-accepted', summary, detail));
}

async function describeCandidate(
  report: PipelineReported,
  { record, pipeline }: VerifiedPipeline,
  { repository, now }: AcceptDependencies,
): Promise<Omit<Run, 'sequence'>> {
  const { project } = report;
  const commit = await repository.commit(project.id, pipeline.sha);
  const runKey = runKeyOf(project.id, pipeline.id, pipeline.sha);
  const acceptedAt = now();
  return {
    runId: runIdOf(runKey),
    runKey,
    model: record.model,
    attempt: 1,
    status: 'training',
    reasons: [],
    projectId: project.id,
    projectPath: record.project.path,
    ref: pipeline.ref,
    commit: pipeline.sha,
    commitTitle: cut(commit?.title ?? report.commit.title, 255),
    commitAuthor: commit === undefined ? report.commit.author : { name: commit.authorName, email: commit.authorEmail },
    pipelineId: pipeline.id,
    pipelineUrl: pipeline.webUrl,
    triggeredBy: pipeline.user,
    acceptedAt,
    updatedAt: acceptedAt,
    environments: [],
  };
}

function eventOf(
  candidate: Omit<Run, 'sequence'>,
  type: 'run-accepted' | 'run-refused',
  summary: string,
  detail: RunEvent['detail'],
): RunEvent {
  return {
    runId: candidate.runId,
    key: type,
    type,
    at: candidate.acceptedAt,
    summary: cut(summary, 1000),
    actor: candidate.triggeredBy.name,
    detail,
  };
}

/** Shows the run at its commit and starts its execution; a run that has gone on or ended since is left alone. */
async function begin(run: Run, { statuses, executions, publicUrl }: AcceptDependencies): Promise<void> {
  const { runId, model, attempt, environments, reasons } = run;
  if (run.status === 'refused') {
    const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
    return setCommitStatus(
      statuses,
      run,
      publicUrl,
      'failed',
      `${cut(reasons[0] ?? 'Refused.', 255 - more.length)}${more}`,
    );
  }
  if (!isActive(run.status) || attempt > 1) return;
  if (run.status === 'training' && run.training === undefined) {
    await setCommitStatus(statuses, run, publicUrl, 'running', 'Training begins.');
  }
  await executions.startLifecycle(executionNameOf(runId, attempt), { runId, model, attempt, environments });
}

const consumer: Consumer<typeof PipelineReported, AcceptDependencies & TellOfLostPipelineDeps> = {
  detail: PipelineReported,
  run: acceptPipeline,
  giveUp: ({ detail }, error, dependencies) => tellOfLostPipeline(detail, error, dependencies),
};

export const handler = lambdaConsumer(consumer, (environment) => {
  const gitlab = connectGitlab(environment);
  return {
    repository: gitlabSourceRepository(gitlab),
    statuses: gitlabCommitStatuses(gitlab),
    onboarding: onboardingRecords(environment),
    objects: s3ObjectStore(),
    documents: s3Documents(environment),
    parsing: { parsePolicy: parsePolicyFile, lineFinderOf },
    runs: runRecords(environment).runs,
    deliveries: dynamodbDeliveries(environment),
    executions: stepFunctionsExecutions(environment),
    notices: snsNotices(environment),
    bucket: environment.bucket,
    publicUrl: environment.publicUrl,
    now: systemTime,
  };
});
