import type { InvolvedPerson, Review } from './review.ts';
import type { GitlabUser } from './run.ts';

/** Members of the stewards' group with at least GitLab's role Reporter decide; guests only look. */
const REPORTER = 20;

type Question = {
  review: Pick<Review, 'status' | 'expiresAt' | 'stewardsGroup' | 'fourEyes'>;
  user: GitlabUser;
  /** The user's access level in the stewards' group now; `undefined` for none. */
  groupAccess: number | undefined;
  /** Everybody who is party to the change. */
  involved: readonly InvolvedPerson[];
  now: string;
};

export type Eligibility = { may: true } | { may: false; why: string };

const parts: Record<InvolvedPerson['role'], string> = {
  'pipeline-user': 'started the pipeline',
  'merge-request-author': 'opened the merge request',
  merger: 'merged the merge request',
  'commit-author': 'wrote a commit since the live version',
};

/**
 * Whether this person may decide this review now, and if not, why. Identity is the GitLab id, never a name. A party to the
 * change whose GitLab user can't be told blocks everybody: it might be the one who asks.
 */
export function eligibility({ review, user, groupAccess, involved, now }: Question): Eligibility {
  if (review.status !== 'pending') return not(`This review is ${review.status}; there is nothing left to decide.`);
  if (Date.parse(now) >= Date.parse(review.expiresAt))
    return not('This review has expired; push again to start a new run.');
  if (groupAccess === undefined || groupAccess < REPORTER) {
    return not(`Only members of the group ${review.stewardsGroup} with the role Reporter or higher decide.`);
  }
  return review.fourEyes ? outsideTheChange(user, involved) : { may: true };
}

function outsideTheChange(user: GitlabUser, involved: readonly InvolvedPerson[]): Eligibility {
  const own = involved.find((person) => person.user?.id === user.id);
  if (own) return not(`You ${parts[own.role]} (${own.evidence}), so somebody else must decide.`);
  const unknown = involved.find((person) => !person.user);
  if (unknown) {
    return not(
      `Who ${parts[unknown.role]} can't be told from GitLab (${unknown.evidence}), so nobody can decide: let that person verify the address in GitLab, or push again with a verified one.`,
    );
  }
  return { may: true };
}

function not(why: string): Eligibility {
  return { may: false, why };
}
