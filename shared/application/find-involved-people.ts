import type { ChangedCommit, InvolvedPerson } from '../domain/review.ts';
import type { Run } from '../domain/run.ts';
import type { Memberships, SourceRepository } from '../ports/gitlab.ts';
import { mapInParallel } from './in-parallel.ts';

/** GitLab counts requests per minute. */
const AUTHORS_AT_ONCE = 4;

export type InvolvedPeopleSources = {
  repository: Pick<SourceRepository, 'mergeRequestsOf'>;
  memberships: Pick<Memberships, 'userByEmail'>;
};

/**
 * Everybody who is party to the change, and so may not approve it under four eyes: who ran the pipeline, who wrote or merged
 * the commit's merge request, and who wrote one of the commits. An author whom GitLab doesn't know stays unresolved.
 */
export async function findInvolvedPeople(
  run: Run,
  commits: readonly ChangedCommit[],
  { repository, memberships }: InvolvedPeopleSources,
): Promise<InvolvedPerson[]> {
  const [mergeRequests, authors] = await Promise.all([
    repository.mergeRequestsOf(run.projectId, run.commit),
    findAuthors(commits, memberships),
  ]);
  return [
    { role: 'pipeline-user', user: run.triggeredBy, evidence: `ran pipeline ${run.pipelineId}` },
    ...mergeRequests.flatMap((request): InvolvedPerson[] => [
      { role: 'merge-request-author', user: request.author, evidence: `opened merge request !${request.iid}` },
      ...(request.mergedBy
        ? [{ role: 'merger' as const, user: request.mergedBy, evidence: `merged merge request !${request.iid}` }]
        : []),
    ]),
    ...authors,
  ];
}

async function findAuthors(
  commits: readonly ChangedCommit[],
  memberships: Pick<Memberships, 'userByEmail'>,
): Promise<InvolvedPerson[]> {
  return mapInParallel(byAddress(commits), AUTHORS_AT_ONCE, async ([email, written]) => {
    const user = email === '' ? undefined : await memberships.userByEmail(email);
    return { role: 'commit-author', ...(user && { user }), evidence: evidenceOf(written) };
  });
}

function byAddress(commits: readonly ChangedCommit[]): [string, ChangedCommit[]][] {
  const addresses = Map.groupBy(commits, ({ authorEmail }) => authorEmail.trim().toLowerCase());
  return [...addresses];
}

function evidenceOf(commits: readonly ChangedCommit[]): string {
  const [first] = commits;
  if (first === undefined) return '';
  const others = commits.length === 1 ? '' : ` and ${commits.length - 1} more`;
  return `${first.authorName} <${first.authorEmail}> wrote commit ${first.sha.slice(0, 8)}${others}`;
}
