import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { worldVariable } from '../../harness/world.ts';
import { eventually } from './eventually.ts';
import { awsSettings } from './scratch-stack.ts';

const Confirmation = z.object({ Token: z.string(), SubscribeURL: z.url() });

describe('a subscription of the local SNS', () => {
  const sns = () => new SNSClient(awsSettings());
  const asked: z.infer<typeof Confirmation>[] = [];
  let server: Server;
  let TopicArn = '';
  let address = '';

  beforeAll(async () => {
    TopicArn = (await sns().send(new CreateTopicCommand({ Name: `pending-${randomUUID()}` }))).TopicArn ?? '';
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(Confirmation.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
  });
  afterAll(async () => {
    server.close();
    await sns().send(new DeleteTopicCommand({ TopicArn }));
  });

  const listed = async () =>
    (await sns().send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions?.map(
      (each) => each.SubscriptionArn,
    );
  const subscribe = async (path: string) => {
    const before = asked.length;
    await sns().send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `${address}${path}` }));
    await eventually(async () => expect(asked.length).toBeGreaterThan(before));
    return asked.at(-1) ?? { Token: '', SubscribeURL: '' };
  };
  const unsigned = (query: Record<string, string>) =>
    fetch(`${worldVariable('AWS_ENDPOINT_URL')}/?${new URLSearchParams(query)}`);

  it('is pending until it is confirmed, and then anybody with the link ends it', async () => {
    const { Token } = await subscribe('/link');
    expect(await listed()).toEqual(['PendingConfirmation']);
    expect((await unsigned({ Action: 'ConfirmSubscription', TopicArn, Token })).status).toBe(200);
    const [SubscriptionArn = ''] = (await listed()) ?? [];
    expect(SubscriptionArn).toMatch(/^arn:/);
    expect((await unsigned({ Action: 'Unsubscribe', SubscriptionArn })).status).toBe(200);
    expect(await listed()).toEqual([]);
  });

  it('that was confirmed with AuthenticateOnUnsubscribe is not ended by the link', async () => {
    const { Token } = await subscribe('/kept');
    const guarded = { Action: 'ConfirmSubscription', TopicArn, Token, AuthenticateOnUnsubscribe: 'true' };
    expect((await unsigned(guarded)).status).toBe(403);
    const { SubscriptionArn = '' } = await sns().send(
      new ConfirmSubscriptionCommand({ TopicArn, Token, AuthenticateOnUnsubscribe: 'true' }),
    );
    expect((await unsigned({ Action: 'Unsubscribe', SubscriptionArn })).status).toBe(403);
    expect(await listed()).toEqual([SubscriptionArn]);
  });
});
