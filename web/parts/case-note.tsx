import type { Case } from '../../shared/domain/case.ts';
import { isSnoozed } from '../../shared/domain/case.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import { OutsideLink } from './outside-link.tsx';
import { Time } from './time.tsx';

/** The newest case of one signal: what is being done about it, or when it ended. */
export function CaseNote({ found, now }: { found: Case; now: string }) {
  const { signal, status, openedAt, closedAt, breaches, issue, version } = found;
  if (status === 'closed') {
    return (
      <p class="small soft">
        The last case of {signal} was closed <Time at={closedAt ?? openedAt} now={now} />
        {found.closedBy?.kind === 'person' ? ` by ${found.closedBy.user.name}` : ' by recovery'}:{' '}
        <OutsideLink href={issue?.webUrl}>issue {issue ? `#${issue.iid}` : 'not written yet'}</OutsideLink>.
      </p>
    );
  }
  return (
    <div class="notice">
      <p>
        <strong>A case of {signal} is open</strong> since <Time at={openedAt} now={now} />:{' '}
        {countOf(breaches, 'breach', 'breaches')} with v{version}.{' '}
        <OutsideLink href={issue?.webUrl}>{issue ? `Issue #${issue.iid}` : 'Its issue is being written'}</OutsideLink>.
      </p>
      {isSnoozed(found, now) && found.snoozedUntil && (
        <p>
          Silenced by <bdi>{found.snoozedBy?.user.name ?? 'a person'}</bdi> until{' '}
          <Time at={found.snoozedUntil} now={now} />.
        </p>
      )}
      {found.retrainings.map(({ runId, startedAt, end }) => (
        <p>
          <a href={`/runs/${runId}`}>Retraining</a> started <Time at={startedAt} now={now} />
          {end && `; it ended as ${end.status}`}.
        </p>
      ))}
      {found.retrainingStopped && (
        <p>
          No more retraining: <bdi>{found.retrainingStopped}</bdi>
        </p>
      )}
      {found.unchangedData !== undefined && found.retrainings.length === 0 && (
        <p>No retraining: there is no data that the live version has not seen.</p>
      )}
    </div>
  );
}
