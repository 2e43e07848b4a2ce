import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Messages in the queues of the stage, also those that a consumer has in its hands: on their way, and in dead-letter queues. */
export async function countMessages(): Promise<{ moving: number; dead: number }> {
  // A world that came back on another port still names its queues by the former one.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'mlops-local-' }));
  if (QueueUrls.length === 0) throw new Error('The stage has no queue: is it deployed?');
  const counts = { moving: 0, dead: 0 };
  for (const QueueUrl of QueueUrls) {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    const kind = QueueUrl.endsWith('-dead-letters') ? 'dead' : 'moving';
    counts[kind] += Number(Attributes?.ApproximateNumberOfMessages);
    counts[kind] += Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
  }
  return counts;
}
