import { setTimeout as delay } from 'node:timers/promises';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  GetSubscriptionAttributesCommand,
  paginateListSubscriptionsByTopic,
  SNSClient,
  SubscribeCommand,
  type Subscription,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { stackName } from './deploy-stack.ts';
import { awsClientSettings, type WorldUrls } from './environment.ts';
import { WorldError } from './world-error.ts';

/**
 * Subscribes the inbox to every topic of the stack, as people would subscribe with their addresses. The recipient stands in
 * the address: the group that a topic is for.
 */
export async function subscribeInbox(urls: WorldUrls): Promise<void> {
  const settings = awsClientSettings(urls);
  const sns = new SNSClient(settings);
  for (const topicArn of await topicsOfStack(new CloudFormationClient(settings))) {
    await ensureSubscription(sns, topicArn, `${urls.inbox}/sns?to=${encodeURIComponent(recipientOf(topicArn))}`);
  }
}

async function topicsOfStack(client: CloudFormationClient): Promise<string[]> {
  const topics: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const resource of page.StackResourceSummaries ?? []) {
      if (resource.ResourceType === 'AWS::SNS::Topic' && resource.PhysicalResourceId)
        topics.push(resource.PhysicalResourceId);
    }
  }
  return topics;
}

/** Keeps a subscription of the same address; one of an earlier start with another port goes. */
async function ensureSubscription(client: SNSClient, topicArn: string, endpoint: string): Promise<void> {
  const known = await subscriptionsOf(client, topicArn);
  const ours = known.filter(({ Protocol, Endpoint }) => Protocol === 'http' && Endpoint?.includes('/sns?to='));
  for (const { Endpoint, SubscriptionArn } of ours) {
    if (Endpoint !== endpoint && SubscriptionArn?.startsWith('arn:')) {
      await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    }
  }
  if (!ours.some((kept) => kept.Endpoint === endpoint)) {
    await client.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: endpoint }));
  }
  await whenConfirmed(client, topicArn, endpoint);
}

const confirmTimeoutMs = 20_000;

/** The inbox confirms by itself; what is published before that is lost, as on AWS. */
export async function whenConfirmed(client: SNSClient, topicArn: string, endpoint: string): Promise<void> {
  const deadline = Date.now() + confirmTimeoutMs;
  while (Date.now() < deadline) {
    const known = await subscriptionsOf(client, topicArn);
    const ours = known.find(({ Endpoint }) => Endpoint === endpoint);
    if (ours !== undefined && (await isConfirmed(client, ours))) return;
    await delay(50);
  }
  throw new WorldError(
    `The inbox did not confirm its subscription of ${topicArn}: the logs of the inbox and of the local AWS say why.`,
  );
}

/** Asked for by ARN, because the local AWS lists the ARNs of unconfirmed subscriptions too. */
async function isConfirmed(client: SNSClient, { SubscriptionArn }: Subscription): Promise<boolean> {
  if (!SubscriptionArn?.startsWith('arn:')) return false;
  const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  return Attributes?.PendingConfirmation === 'false';
}

async function subscriptionsOf(client: SNSClient, topicArn: string): Promise<Subscription[]> {
  const subscriptions: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn })) {
    subscriptions.push(...(page.Subscriptions ?? []));
  }
  return subscriptions;
}

/** `…:mlops-local-stewards-ml-stewards` is read by the members of `ml-stewards`. */
function recipientOf(topicArn: string): string {
  const name = topicArn.split(':').at(-1) ?? topicArn;
  return name.replace(/^mlops-local-(stewards-|on-call-|tickets-)?/, '');
}
