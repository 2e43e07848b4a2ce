import { countOf } from '../../shared/domain/format-number.ts';
import type { ChangedCommit } from '../../shared/domain/review.ts';
import type { PolicyChange, ReviewPacket } from '../../shared/domain/review-packet.ts';
import { Digest } from './digest.tsx';
import { OutsideLink } from './outside-link.tsx';
import { type State, StateMark } from './state-mark.tsx';
import { Table } from './table.tsx';

/** What is not as it was in the live version: the policy first, because it decides what counts as good. */
export function Changes({ packet }: { packet: ReviewPacket }) {
  const { live, changes } = packet;
  return (
    <>
      {live && <PolicyChanges changes={changes.policy} />}
      {live && (
        <p>
          <strong>Data:</strong>{' '}
          {changes.dataChanged
            ? 'not the same objects as the live version was trained on.'
            : 'the same objects as the live version was trained on.'}
        </p>
      )}
      {live && changes.commitCount === 0 && <p>No new commits: the same code as the live version.</p>}
      {changes.commitCount > 0 && <Commits packet={packet} />}
      {changes.changedPaths.length > 0 && (
        <details>
          <summary>{countOf(changes.changedPaths.length, 'changed file')}</summary>
          <ul>
            {changes.changedPaths.map((path) => (
              <li>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const DIRECTIONS: Record<PolicyChange['direction'], [State, string]> = {
  weaker: ['warn', 'weaker'],
  stricter: ['good', 'stricter'],
  other: ['plain', 'changed'],
};

function PolicyChanges({ changes }: { changes: readonly PolicyChange[] }) {
  if (changes.length === 0) {
    return (
      <p>
        <strong>Policy:</strong> unchanged since the live version.
      </p>
    );
  }
  return (
    <Table
      caption={`${countOf(changes.length, 'line')} of the policy changed`}
      columns={[
        { header: 'Policy', cell: ({ what }) => what },
        { header: 'Live version', cell: ({ before }) => before ?? 'not there' },
        { header: 'This version', cell: ({ after }) => after ?? 'removed' },
        {
          header: 'Means',
          cell: ({ direction }) => {
            const [state, word] = DIRECTIONS[direction];
            return <StateMark state={state} word={word} />;
          },
        },
      ]}
      rows={changes}
    />
  );
}

function Commits({ packet: { changes, live } }: { packet: ReviewPacket }) {
  const { commits, commitCount, diffUrl } = changes;
  const rows = commits.toReversed();
  const since = live ? `since version ${live.version}` : 'so far; nothing is live yet';
  const hidden = commitCount > rows.length ? `, the newest ${rows.length} shown` : '';
  return (
    <>
      <Table
        caption={`${countOf(commitCount, 'commit')} ${since}${hidden}`}
        columns={[
          { header: 'Commit', cell: (commit: ChangedCommit) => <bdi>{commit.title}</bdi> },
          { header: 'Author', cell: ({ authorName }) => <bdi>{authorName}</bdi> },
          {
            header: 'Id',
            cell: ({ sha, url }) => (
              <OutsideLink href={url}>
                <Digest value={sha} />
              </OutsideLink>
            ),
          },
        ]}
        rows={rows}
      />
      {diffUrl && (
        <p>
          <OutsideLink href={diffUrl}>Read the whole diff in GitLab</OutsideLink>
        </p>
      )}
    </>
  );
}
