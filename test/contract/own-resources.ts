import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

/** Resources that a contract test makes for itself on the AWS of AWS_ENDPOINT_URL. */
export const anyStage = (): string => `t${randomBytes(3).toString('hex')}`;

/** A table with the keys and the index of the stage's own. */
export async function makeTable(): Promise<{ table: string; remove: () => Promise<void> }> {
  const client = new DynamoDBClient({});
  const table = `mlops-contract-${randomBytes(4).toString('hex')}`;
  const key = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' as const },
    { AttributeName: sk, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: key('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'gsi1', KeySchema: key('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' } },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName: table });
  const remove = async () => {
    await client.send(new DeleteTableCommand({ TableName: table }));
  };
  return { table, remove };
}

/** A versioned bucket, and a way to write into it as somebody else. */
export async function makeBucket() {
  const client = new S3Client({});
  const bucket = `mlops-contract-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const put = async (uri: string, content: string) => {
    const key = uri.replace(/^s3:\/\/[^/]+\//, '');
    const { VersionId } = await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(content) }),
    );
    return { versionId: VersionId ?? '' };
  };
  return { bucket, put };
}

export async function makeKey(): Promise<string> {
  const { KeyMetadata } = await new KMSClient({}).send(new CreateKeyCommand({ Description: 'contract test' }));
  return KeyMetadata?.Arn ?? '';
}

/** A role for workflows with these rights; the name of its only policy is the role's own. */
export async function makeWorkflowRole(statements: readonly unknown[]) {
  const client = new IAMClient({});
  const RoleName = `mlops-contract-${randomBytes(4).toString('hex')}`;
  const trust = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policyOf([trust]) }));
  await client.send(new PutRolePolicyCommand({ RoleName, PolicyName: RoleName, PolicyDocument: policyOf(statements) }));
  return {
    roleArn: Role?.Arn ?? '',
    remove: async () => {
      await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: RoleName }));
      await client.send(new DeleteRoleCommand({ RoleName }));
    },
  };
}

const policyOf = (statements: readonly unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** A queue that shows what reaches it, open to topics and event buses. */
export async function makeQueue() {
  const client = new SQSClient({});
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: `mlops-contract-${randomBytes(4).toString('hex')}` }),
  );
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const queueArn = Attributes?.QueueArn ?? '';
  const open = {
    Effect: 'Allow',
    Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
  };
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policyOf([open]) } }));
  return {
    queueUrl: QueueUrl ?? '',
    queueArn,
    /** The next message, waiting up to ten seconds for it, or as long as is said. */
    receive: async (WaitTimeSeconds = 10) => {
      const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }));
      return Messages?.[0]?.Body;
    },
    remove: async () => {
      await client.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
