import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import type { Subscriptions } from '../../ports/notice-paths.ts';
import { snsClient } from '../aws/sns-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

/** What stands in the place of an ARN until a subscriber has confirmed: `PendingConfirmation`; afterwards perhaps `Deleted`. */
const CONFIRMED = /^arn:/;

export function snsSubscriptions(): Subscriptions {
  return {
    async countConfirmed(TopicArn) {
      let confirmed = 0;
      let NextToken: string | undefined;
      do {
        const page = await list(TopicArn, NextToken);
        confirmed += (page?.Subscriptions ?? []).filter(({ SubscriptionArn = '' }) =>
          CONFIRMED.test(SubscriptionArn),
        ).length;
        NextToken = page?.NextToken;
      } while (NextToken !== undefined);
      return confirmed;
    },
  };
}

async function list(TopicArn: string, NextToken: string | undefined) {
  try {
    return await asFaults(`Listing who hears ${TopicArn}`, () =>
      snsClient().send(new ListSubscriptionsByTopicCommand({ TopicArn, ...(NextToken && { NextToken }) })),
    );
  } catch (error) {
    if (isNamed(error, 'NotFoundException')) return undefined;
    throw error;
  }
}
