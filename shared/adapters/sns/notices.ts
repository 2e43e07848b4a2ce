import { PublishCommand } from '@aws-sdk/client-sns';
import type { Notice, Notices } from '../../ports/notices.ts';
import { snsClient } from '../aws/sns-client.ts';
import { asFaults } from '../aws/translate-error.ts';

type Place = { region: string; accountId: string; stage: string };

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

/** A group has a path such as `ml/stewards`; the names of topics take no slashes and dots. plugins/onboarded-models.mjs makes them. */
export function topicNameOf(stage: string, role: string, group: string): string {
  return `mlops-${stage}-${role}-${group.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}

export function snsNotices({ region, accountId, stage }: Place): Notices {
  const tell = async (role: string, group: string, { subject, text }: Notice) => {
    const TopicArn = `arn:aws:sns:${region}:${accountId}:${topicNameOf(stage, role, group)}`;
    await asFaults(`Mailing to ${role} ${group}`, () =>
      snsClient().send(new PublishCommand({ TopicArn, Subject: mailSubject(subject), Message: text })),
    );
  };
  return {
    tellStewards: (group, notice) => tell('stewards', group, notice),
    tellOnCall: (group, notice) => tell('on-call', group, notice),
  };
}
