import type { Deployment, Release } from '../../shared/domain/deployment.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import type { EnvironmentPolicy } from '../../shared/domain/policy.ts';
import type { Run } from '../../shared/domain/run.ts';
import { Digest } from './digest.tsx';
import { commitUrl } from './gitlab-address.ts';
import { OutsideLink } from './outside-link.tsx';

type EndpointFactsProps = {
  deployment: Deployment;
  liveRun: Run | undefined;
  setting: EnvironmentPolicy | undefined;
};

/** What an endpoint serves, on what, and what it served before. */
export function EndpointFacts({ deployment, liveRun, setting }: EndpointFactsProps) {
  const { live, former, rolledBack, endpointName } = deployment;
  return (
    <dl class="facts">
      <dt>Endpoint</dt>
      <dd>
        <code>{endpointName}</code>
      </dd>
      {live && (
        <>
          <dt>Version</dt>
          <dd>
            <ReleaseLink release={live} />
          </dd>
          <dt>Commit</dt>
          <dd>
            <OutsideLink href={liveRun && commitUrl(liveRun.pipelineUrl, live.commit)}>
              <Digest value={live.commit} />
            </OutsideLink>{' '}
            <bdi>{liveRun?.commitTitle}</bdi>
          </dd>
          <dt>Configuration</dt>
          <dd>
            <code>{live.endpointConfigName}</code>
          </dd>
        </>
      )}
      {live && !setting && (
        <>
          <dt>Instances</dt>
          <dd>unknown: the policy of the version can't be read</dd>
        </>
      )}
      {setting && (
        <>
          <dt>Instances</dt>
          <dd>
            {setting.instanceCount} × {setting.instanceType} <span class="soft">by its policy</span>
          </dd>
          <dt>Capture</dt>
          <dd>
            {setting.capture
              ? `${setting.capture.percent} % of the requests, kept for ${countOf(setting.capture.retainDays, 'day')}`
              : 'off: its policy asks for none'}
          </dd>
        </>
      )}
      <dt>Before it</dt>
      <dd>{former ? <ReleaseLink release={former} /> : 'no version on record'}</dd>
      {rolledBack && (
        <>
          <dt>Rolled back</dt>
          <dd>
            <ReleaseLink release={rolledBack} />
          </dd>
        </>
      )}
    </dl>
  );
}

function ReleaseLink({ release: { runId, version } }: { release: Release }) {
  return <a href={`/runs/${runId}`}>v{version}</a>;
}
