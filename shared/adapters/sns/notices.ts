import { PublishCommand } from '@aws-sdk/client-sns';
import type { Notice, Notices, TopicRole } from '../../ports/notices.ts';
import { snsClient } from '../aws/sns-client.ts';
import { asFaults } from '../aws/translate-error.ts';
import { type TopicPlace, topicArns } from './topic-arns.ts';

/** SNS takes ASCII subjects of less than 100 characters without line breaks, that begin with a letter, digit or mark. */
export function mailSubject(subject: string): string {
  const plain = subject
    .normalize('NFKD')
    .replace(/[–—]/g, '-')
    .replace(/[‘’]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/≥/g, '>=')
    .replace(/≤/g, '<=')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  return plain.length < 100 ? plain : `${plain.slice(0, 96)}...`;
}

export function snsNotices(place: TopicPlace): Notices {
  const arnOf = topicArns(place);
  const tell = async (role: TopicRole, group: string, { subject, text }: Notice) => {
    await asFaults(`Mailing to ${role} ${group}`, () =>
      snsClient().send(
        new PublishCommand({ TopicArn: arnOf(role, group), Subject: mailSubject(subject), Message: text }),
      ),
    );
  };
  return {
    tellStewards: (group, notice) => tell('stewards', group, notice),
    tellOnCall: (group, notice) => tell('on-call', group, notice),
  };
}
