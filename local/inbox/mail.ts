import * as z from 'zod';
import { alarmText } from './alarm-mail.ts';

/** A mail as a subscriber of a topic gets it. */
export const Mail = z.object({
  id: z.string(),
  receivedAt: z.iso.datetime(),
  from: z.string(),
  /** The group or address that is subscribed. */
  to: z.string(),
  subject: z.string(),
  /** Plain text. */
  text: z.string(),
  topicArn: z.string(),
});
export type Mail = z.infer<typeof Mail>;

/** What SNS posts to an HTTP subscriber: https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html */
export const SnsDelivery = z.discriminatedUnion('Type', [
  z.object({
    Type: z.literal('SubscriptionConfirmation'),
    TopicArn: z.string(),
    Token: z.string(),
    SubscribeURL: z.url(),
  }),
  z.object({ Type: z.literal('UnsubscribeConfirmation'), TopicArn: z.string() }),
  z.object({
    Type: z.literal('Notification'),
    MessageId: z.string(),
    TopicArn: z.string(),
    Subject: z.string().nullish(),
    Message: z.string(),
    Timestamp: z.string(),
  }),
]);
export type SnsDelivery = z.infer<typeof SnsDelivery>;

type Notification = Extract<SnsDelivery, { Type: 'Notification' }>;

/** SNS mails come from a no-reply address; without a subject it writes "AWS Notification Message". */
export function mailOf(notification: Notification, to: string, receivedAt: string): Mail {
  return {
    id: notification.MessageId,
    receivedAt,
    from: `${topicName(notification.TopicArn)} <no-reply@sns.amazonaws.com>`,
    to,
    subject: notification.Subject ?? 'AWS Notification Message',
    text: alarmText(notification.Message) ?? notification.Message,
    topicArn: notification.TopicArn,
  };
}

export const topicName = (topicArn: string): string => topicArn.split(':').at(-1) ?? topicArn;
