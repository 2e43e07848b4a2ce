import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { worldVariable } from '../../harness/world.ts';

/** Endpoint, region and keys of the local AWS; any key but `test` is a principal without rights until it gets some. */
export const awsSettings = () => ({
  endpoint: worldVariable('AWS_ENDPOINT_URL'),
  region: worldVariable('AWS_REGION'),
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** Creates a stack and answers its outputs. */
export async function createStack(name: string, template: unknown): Promise<Record<string, string>> {
  const client = new CloudFormationClient(awsSettings());
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 0.2, maxDelay: 0.5 }, { StackName: name });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return Object.fromEntries(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

export async function deleteStack(name: string): Promise<void> {
  await new CloudFormationClient(awsSettings()).send(new DeleteStackCommand({ StackName: name }));
}

/** A role that a service assumes, with these statements. */
export const roleOf = (service: string, statements: readonly unknown[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'grants', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

/** A Node.js function from source text (CommonJS). */
export const functionOf = (role: string, source: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 20,
    Role: { 'Fn::GetAtt': [role, 'Arn'] },
    Code: { ZipFile: source },
  },
});
