import { describePolicyChange } from '../domain/describe-policy-change.ts';
import { EvaluationReport } from '../domain/evaluation-report.ts';
import { ContractBroken } from '../domain/faults.ts';
import { GateVerdict } from '../domain/gate-verdict.ts';
import { listMetrics, listSlices } from '../domain/list-metrics.ts';
import { Policy } from '../domain/policy.ts';
import { ResolvedData } from '../domain/resolved-data.ts';
import type { ChangedCommit, InvolvedPerson } from '../domain/review.ts';
import { type LiveVersion, MAX_SHOWN_COMMITS, MAX_SHOWN_PATHS, type ReviewPacket } from '../domain/review-packet.ts';
import type { Run } from '../domain/run.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Documents } from '../ports/documents.ts';
import type { SourceRepository } from '../ports/gitlab.ts';
import type { Runs } from '../ports/runs.ts';
import { findInvolvedPeople, type InvolvedPeopleSources } from './find-involved-people.ts';
import { readDocument } from './read-document.ts';

export type PacketSources = InvolvedPeopleSources & {
  documents: Pick<Documents, 'read'>;
  deployments: Pick<Deployments, 'find'>;
  runs: Pick<Runs, 'find'>;
  repository: InvolvedPeopleSources['repository'] & Pick<SourceRepository, 'compare' | 'history'>;
};

type Window = { requestedAt: string; expiresAt: string };

/** Gathers all that the stewards are shown about a registered version. */
export async function buildPacket(
  run: Run,
  policy: Policy,
  window: Window,
  sources: PacketSources,
): Promise<ReviewPacket> {
  const { documents } = sources;
  const { registered, policySha256 } = run;
  if (registered === undefined || policySha256 === undefined) {
    throw new ContractBroken(`Run ${run.runId} asks for approval without a registered version. Retry the run.`);
  }
  const [verdict, report, data, live] = await Promise.all([
    readDocument(documents, GateVerdict, run.verdict, "The gates' verdict"),
    readDocument(documents, EvaluationReport, run.report, 'The evaluation report'),
    readDocument(documents, ResolvedData, run.data, 'The list of data objects'),
    findLive(run, sources.deployments),
  ]);
  const [change, former] = await Promise.all([findChange(run, live, sources), findFormer(live, sources)]);

  return {
    schema: 'mlops/review-packet/v1',
    runId: run.runId,
    model: run.model,
    sequence: run.sequence,
    version: registered.version,
    riskTier: policy.riskTier,
    ...window,
    stewardsGroup: policy.approval.stewards.group,
    fourEyes: policy.approval.fourEyes,
    environments: policy.environments,
    verdict,
    metrics: listMetrics(report),
    slices: listSlices(report),
    ...(live && { live }),
    changes: describeChange(run, policy, change, former),
    lineage: {
      projectPath: run.projectPath,
      ref: run.ref,
      commit: run.commit,
      commitTitle: run.commitTitle,
      commitAuthor: run.commitAuthor.name,
      pipelineUrl: run.pipelineUrl,
      policySha256,
      ...(run.bundleDigest && { bundleDigest: run.bundleDigest }),
      ...(run.dataDigest && { dataDigest: run.dataDigest }),
      data: data.sources.map(({ name, uri, objects }) => ({
        name,
        uri,
        objectCount: objects.length,
        sizeBytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      })),
      ...(verdict.evaluationData && { evaluationData: verdict.evaluationData }),
      image: registered.image,
      ...(run.training?.trainingJobArn && { trainingJobArn: run.training.trainingJobArn }),
      ...(run.training && { pipelineExecutionArn: run.training.pipelineExecutionArn }),
      artifactUri: registered.artifactUri,
      artifactSha256: registered.artifactSha256,
      modelPackageArn: registered.modelPackageArn,
    },
    involved: change.involved,
  };
}

async function findLive(run: Run, deployments: Pick<Deployments, 'find'>): Promise<LiveVersion | undefined> {
  const environment = run.environments.at(-1);
  if (environment === undefined) return undefined;
  const live = (await deployments.find(run.model, environment))?.live;
  return live && { runId: live.runId, version: live.version, commit: live.commit, environment, since: live.at };
}

type Change = { commits: ChangedCommit[]; changedPaths: string[]; diffUrl?: string; involved: InvolvedPerson[] };

/** Everything since the live version; where nothing is live, all of it is new. The run's own commit always counts. */
async function findChange(run: Run, live: LiveVersion | undefined, sources: PacketSources): Promise<Change> {
  const { repository } = sources;
  if (live === undefined) {
    const commits = await repository.history(run.projectId, run.commit);
    return { commits, changedPaths: [], involved: await findInvolvedPeople(run, commits, sources) };
  }
  if (live.commit === run.commit) {
    return { commits: [], changedPaths: [], involved: await findInvolvedPeople(run, withOwnCommit(run, []), sources) };
  }
  const { commits, changedPaths, webUrl } = await repository.compare(run.projectId, live.commit, run.commit);
  const involved = await findInvolvedPeople(run, withOwnCommit(run, commits), sources);
  return { commits, changedPaths, diffUrl: webUrl, involved };
}

/** A pipeline that ran again on an older commit has nothing new to compare, and yet an author. */
function withOwnCommit(run: Run, commits: readonly ChangedCommit[]): readonly ChangedCommit[] {
  if (commits.some(({ sha }) => sha === run.commit)) return commits;
  const { name, email } = run.commitAuthor;
  return [
    ...commits,
    { sha: run.commit, title: run.commitTitle, authorName: name, authorEmail: email, url: run.pipelineUrl },
  ];
}

type Former = { run: Run; policy: Policy };

/** The run of the live version, and its policy. */
async function findFormer(
  live: LiveVersion | undefined,
  { documents, runs }: PacketSources,
): Promise<Former | undefined> {
  const run = live && (await runs.find(live.runId));
  if (run === undefined) return undefined;
  return { run, policy: await readDocument(documents, Policy, run.policy, 'The policy of the live version') };
}

function describeChange(
  run: Run,
  policy: Policy,
  { commits, changedPaths, diffUrl }: Change,
  former: Former | undefined,
): ReviewPacket['changes'] {
  return {
    policy: former ? describePolicyChange(former.policy, policy) : [],
    commits: commits.slice(-MAX_SHOWN_COMMITS),
    commitCount: commits.length,
    changedPaths: changedPaths.slice(0, MAX_SHOWN_PATHS),
    ...(diffUrl && { diffUrl }),
    ...(former && { dataChanged: former.run.dataDigest !== run.dataDigest }),
  };
}
