import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration } from '../configuration.ts';

/** SQS, where Callback steps leave their tokens. */
export class Queues {
  readonly #sqs: SQSClient;

  constructor(configuration: Configuration) {
    this.#sqs = new SQSClient({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
      // The queue's own address may be AWS's.
      useQueueUrlAsEndpoint: false,
    });
  }

  async send(queueUrl: string, message: unknown): Promise<void> {
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  }
}
