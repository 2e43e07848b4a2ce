import type { TopicAddress } from '../../ports/notices.ts';

export type TopicPlace = { region: string; accountId: string; stage: string };

/** A group has a path such as `ml/stewards`; the names of topics take no slashes and dots. plugins/onboarded-models.mjs makes them. */
export function topicNameOf(stage: string, role: string, group: string): string {
  return `mlops-${stage}-${role}-${group.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}

export function topicArns({ region, accountId, stage }: TopicPlace): TopicAddress {
  return (role, group) => `arn:aws:sns:${region}:${accountId}:${topicNameOf(stage, role, group)}`;
}

/** The topic of those who run the stage itself (resources/topics.yml). */
export function platformTopicArn({ region, accountId, stage }: TopicPlace): string {
  return `arn:aws:sns:${region}:${accountId}:mlops-${stage}-platform`;
}
