import type { InvolvedPerson } from '../../shared/domain/review.ts';
import type { ReviewPacket } from '../../shared/domain/review-packet.ts';
import { StateMark } from './state-mark.tsx';

/** Who decides, and who is party to the change and so must not. */
export function WhoMayDecide({ packet }: { packet: ReviewPacket }) {
  return (
    <>
      <p>
        Any member of the group <strong>{packet.stewardsGroup}</strong> with the role Reporter or higher
        {packet.fourEyes ? ', except those who are party to the change:' : '. This model does not ask for four eyes.'}
      </p>
      {packet.fourEyes && (
        <ul class="plain-list">
          {packet.involved.map((person) => (
            <Involved person={person} />
          ))}
        </ul>
      )}
    </>
  );
}

function Involved({ person }: { person: InvolvedPerson }) {
  if (person.user === undefined) {
    return (
      <li>
        <StateMark state="warn" word="unknown to GitLab" /> <bdi dir="ltr">{person.evidence}</bdi>
        <p class="small soft">Until that person verifies the address in GitLab, nobody can decide.</p>
      </li>
    );
  }
  return (
    <li>
      <bdi>{person.user.name}</bdi> <span class="soft">@{person.user.username}</span>
      <p class="small soft">
        <bdi dir="ltr">{person.evidence}</bdi>
      </p>
    </li>
  );
}
