import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

/** Clients as anyone makes them: the addresses come from AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_SAGEMAKER. */
export const sagemaker = new SageMakerClient({ maxAttempts: 1 });
export const runtime = new SageMakerRuntimeClient({ maxAttempts: 1 });
export const cloudwatch = new CloudWatchClient({});
export const logs = new CloudWatchLogsClient({});
const s3 = new S3Client({ forcePathStyle: true });
const events = new EventBridgeClient({});
const sqs = new SQSClient({});

export const roleArn = 'arn:aws:iam::000000000000:role/mlops-test-training';
export const image = '000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';
export const token = () => randomUUID();

/** A name of its own for each test, so that one world serves them all. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

export async function newBucket(): Promise<string> {
  const bucket = uniqueName('local-sagemaker-test');
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
  );
  return bucket;
}

export async function putObject(bucket: string, key: string, body: string | Buffer): Promise<string> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return `s3://${bucket}/${key}`;
}

export async function readObject(bucket: string, key: string): Promise<string> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await answer.Body?.transformToString()) ?? '';
}

export async function keysBelow(bucket: string, prefix: string): Promise<string[]> {
  const answer = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return (answer.Contents ?? []).flatMap(({ Key }) => Key ?? []);
}

/** Asks until the answer is the wanted one. @throws after a minute, with the last answer */
export async function until<Answer>(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`It did not come true within 60 s: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

type SentEvent = { 'detail-type': string; source: string; resources: string[]; detail: Record<string, unknown> };

/** Hears SageMaker's events from now on. `heard` answers all that came so far. */
export async function listenToEvents(): Promise<{ heard: () => Promise<SentEvent[]> }> {
  const name = uniqueName('local-sagemaker-test');
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const attributes = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const queueArn = attributes.Attributes?.QueueArn;
  await events.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: ['aws.sagemaker'] }) }));
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'queue', Arn: queueArn }] }));
  const all: SentEvent[] = [];
  const heard = async () => {
    for (;;) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages === undefined || Messages.length === 0) return all;
      all.push(...Messages.map((message): SentEvent => JSON.parse(message.Body ?? '{}')));
      const Entries = Messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  return { heard };
}
