import type { DataQualityFinding, DriftReport } from '../../shared/domain/drift/drift-report.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import { shorten } from '../parts/shorten.ts';

const LONGEST_SENTENCE = 300;
const MOST_FINDINGS = 10;

/** Whether the data could be read and compared at all. */
export function DataQuality({ report }: { report: DriftReport }) {
  const { records, invalidRecords, rows, findings } = report;
  const lines = records + invalidRecords;
  return (
    <section aria-labelledby="quality">
      <h2 id="quality">Data quality</h2>
      {findings.slice(0, MOST_FINDINGS).map((finding) => (
        <Finding finding={finding} />
      ))}
      {findings.length > MOST_FINDINGS && (
        <p>{(findings.length - MOST_FINDINGS).toLocaleString('en-US')} more findings stand in report.json.</p>
      )}
      <dl class="facts">
        <dt>Capture records read</dt>
        <dd>{records.toLocaleString('en-US')}</dd>
        <dt>Lines that are no capture record</dt>
        <dd>
          {invalidRecords.toLocaleString('en-US')}
          {lines > 0 && invalidRecords > 0 && ` (${formatShare(invalidRecords / lines)} of the lines)`}
        </dd>
        <dt>Rows compared</dt>
        <dd>{rows.toLocaleString('en-US')}</dd>
        <dt>Rows of the training data</dt>
        <dd>{report.baseline.rows.toLocaleString('en-US')}</dd>
      </dl>
      {findings.length === 0 && lines > 0 && (
        <p>
          {invalidRecords === 0 ? 'Every record could be read, and its' : 'The'} rows have the shape of the training
          data.
        </p>
      )}
    </section>
  );
}

function Finding({ finding: { kind, sentence, expected, found } }: { finding: DataQualityFinding }) {
  return (
    <div class={`notice ${kind === 'approximate-baseline' ? 'is-plain' : ''}`}>
      <p>
        <strong>{NAMES[kind]}.</strong> <bdi>{shorten(sentence, LONGEST_SENTENCE)}</bdi>
      </p>
      {expected !== undefined && found !== undefined && (
        <dl class="facts small">
          <dt>Expected</dt>
          <dd>
            <bdi>{shorten(String(expected), LONGEST_SENTENCE)}</bdi>
          </dd>
          <dt>Found</dt>
          <dd>
            <bdi>{shorten(String(found), LONGEST_SENTENCE)}</bdi>
          </dd>
        </dl>
      )}
    </div>
  );
}

const NAMES: Record<DataQualityFinding['kind'], string> = {
  'schema-mismatch': 'Rows of another shape',
  'invalid-records': 'Records that could not be read',
  'capture-gap': 'Requests that were not captured',
  'unreadable-object': 'A file that could not be read',
  'approximate-baseline': 'An approximate baseline',
};
