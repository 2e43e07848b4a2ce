import type { Run } from '../../shared/domain/run.ts';
import { Arn, Digest } from './digest.tsx';
import { commitUrl } from './gitlab-address.ts';
import { OutsideLink } from './outside-link.tsx';

/** What the run is made from, as far as it is known yet. */
export function RunFacts({ run }: { run: Run }) {
  const digests: [string, string | undefined][] = [
    ['Policy', run.policySha256],
    ['Code', run.bundleDigest],
    ['Data', run.dataDigest],
    ['Artifact', run.artifactSha256],
  ];
  return (
    <dl class="facts">
      <dt>Commit</dt>
      <dd>
        <OutsideLink href={commitUrl(run.pipelineUrl, run.commit)}>
          <Digest value={run.commit} />
        </OutsideLink>{' '}
        <bdi>{run.commitTitle}</bdi>
        <br />
        <span class="soft">
          by <bdi>{run.commitAuthor.name}</bdi> on {run.ref} of {run.projectPath}
        </span>
      </dd>
      <dt>Pipeline</dt>
      <dd>
        <OutsideLink href={run.pipelineUrl}>{run.pipelineId}</OutsideLink>{' '}
        <span class="soft">
          run by <bdi>{run.triggeredBy.name}</bdi> @{run.triggeredBy.username}
        </span>
      </dd>
      {run.origin && (
        <>
          <dt>Retraining</dt>
          <dd>
            for{' '}
            {run.origin.issueUrl ? (
              <OutsideLink href={run.origin.issueUrl}>case {run.origin.caseId.slice(0, 8)}</OutsideLink>
            ) : (
              `case ${run.origin.caseId.slice(0, 8)}`
            )}
            , of the version that <a href={`/runs/${run.origin.ofRunId}`}>this run</a> made and that is live in{' '}
            {run.origin.environment}
          </dd>
        </>
      )}
      {digests.map(([name, digest]) =>
        digest === undefined ? null : (
          <>
            <dt>{name}</dt>
            <dd>
              <Digest value={digest} />
            </dd>
          </>
        ),
      )}
      {run.training && (
        <>
          <dt>Training</dt>
          <dd>
            <Arn value={run.training.trainingJobArn ?? run.training.pipelineExecutionArn} />
          </dd>
        </>
      )}
      {run.registered && (
        <>
          <dt>Model package</dt>
          <dd>
            <Arn value={run.registered.modelPackageArn} />
          </dd>
        </>
      )}
      <dt>Compared with</dt>
      <dd>
        {run.champion ? (
          <a href={`/runs/${run.champion.runId}`}>v{run.champion.version}, live when training began</a>
        ) : (
          'nothing: no version was live'
        )}
      </dd>
    </dl>
  );
}
