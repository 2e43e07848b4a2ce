import { countOf, formatBytes } from '../../shared/domain/format-number.ts';
import type { ReviewPacket } from '../../shared/domain/review-packet.ts';
import { Arn, Digest } from './digest.tsx';
import { commitUrl } from './gitlab-address.ts';
import { OutsideLink } from './outside-link.tsx';

/** Where the version comes from: code, data, image, job, and the bytes that would be deployed. */
export function Lineage({ lineage }: { lineage: ReviewPacket['lineage'] }) {
  return (
    <dl class="facts">
      <dt>Commit</dt>
      <dd>
        <OutsideLink href={commitUrl(lineage.pipelineUrl, lineage.commit)}>
          <Digest value={lineage.commit} />
        </OutsideLink>{' '}
        <bdi>{lineage.commitTitle}</bdi>
        <br />
        <span class="soft">
          by <bdi>{lineage.commitAuthor}</bdi> on {lineage.ref} of {lineage.projectPath}
        </span>
      </dd>
      <dt>Code</dt>
      <dd>
        {lineage.bundleDigest ? <Digest value={lineage.bundleDigest} /> : '–'}{' '}
        <span class="soft">script bundle, from </span>
        <OutsideLink href={lineage.pipelineUrl}>this pipeline</OutsideLink>
      </dd>
      <dt>Policy</dt>
      <dd>
        <Digest value={lineage.policySha256} /> <span class="soft">mlops.yaml at the commit</span>
      </dd>
      <dt>Data</dt>
      <dd>
        {lineage.dataDigest ? <Digest value={lineage.dataDigest} /> : '–'}
        {lineage.data.map(({ name, uri, objectCount, sizeBytes }) => (
          <p class="small">
            {name}: <code>{uri}</code>, {countOf(objectCount, 'object')}, {formatBytes(sizeBytes)}
          </p>
        ))}
      </dd>
      {lineage.evaluationData && (
        <>
          <dt>Held-out rows</dt>
          <dd>
            <Digest value={lineage.evaluationData.sha256} />{' '}
            <span class="soft">{countOf(lineage.evaluationData.rows, 'row')}</span>
          </dd>
        </>
      )}
      <dt>Image</dt>
      <dd>
        <code>{lineage.image}</code>
      </dd>
      {lineage.trainingJobArn && (
        <>
          <dt>Training job</dt>
          <dd>
            <Arn value={lineage.trainingJobArn} />
          </dd>
        </>
      )}
      <dt>Artifact</dt>
      <dd>
        <Digest value={lineage.artifactSha256} /> <span class="soft">these bytes, and no others, are rolled out</span>
      </dd>
      <dt>Model package</dt>
      <dd>
        <Arn value={lineage.modelPackageArn} />
      </dd>
    </dl>
  );
}
