import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { secretsManagerSecrets } from '../../shared/adapters/secrets-manager/secrets.ts';
import { snsNotices } from '../../shared/adapters/sns/notices.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { anyStage, makeQueue } from '../contract/own-resources.ts';
import { NOON } from '../fakes/sample-records.ts';
import { SIGNING_TOKEN } from '../fakes/secrets.ts';

const region = process.env.AWS_REGION ?? '';
const place = { region, accountId: '000000000000', stage: anyStage() };
let queue: Awaited<ReturnType<typeof makeQueue>>;

beforeAll(async () => {
  queue = await makeQueue();
});

afterAll(async () => {
  await queue.remove();
});

describe('eventbridgeBus', () => {
  const events = new EventBridgeClient({});
  const bus = `mlops-${place.stage}`;

  beforeAll(async () => {
    await events.send(new CreateEventBusCommand({ Name: bus }));
    await events.send(new PutRuleCommand({ Name: bus, EventBusName: bus, EventPattern: '{"source":["mlops"]}' }));
    await events.send(
      new PutTargetsCommand({ Rule: bus, EventBusName: bus, Targets: [{ Id: 'queue', Arn: queue.queueArn }] }),
    );
  });

  afterAll(async () => {
    await events.send(new DeleteEventBusCommand({ Name: bus }));
  });

  it('puts every fact on the bus, more than ten at once too', async () => {
    const facts = Array.from({ length: 11 }, (_, number) => ({
      detailType: 'ModelLive.v1',
      detail: { number },
      occurredAt: NOON,
    }));
    await eventbridgeBus({ bus }).publish(facts);
    const received: unknown[] = [];
    while (received.length < 11) {
      const body = await queue.receive();
      if (body === undefined) break;
      received.push(JSON.parse(body));
    }
    expect(received).toHaveLength(11);
    expect(received[0]).toMatchObject({ source: 'mlops', 'detail-type': 'ModelLive.v1' });
  });
});

describe('snsNotices', () => {
  const sns = new SNSClient({});
  let topicArn: string;

  beforeAll(async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `mlops-${place.stage}-stewards-ml-stewards` }));
    topicArn = TopicArn ?? '';
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.queueArn }));
  });

  afterAll(async () => {
    await sns.send(new DeleteTopicCommand({ TopicArn: topicArn }));
  });

  it('mails the group of stewards', async () => {
    await snsNotices(place).tellStewards('ml-stewards', {
      subject: 'Approve “flight-delays” 7?\n',
      text: 'Grüße\nhttps://example.com',
    });
    const mail: unknown = JSON.parse((await queue.receive()) ?? '{}');
    expect(mail).toMatchObject({
      TopicArn: topicArn,
      Subject: 'Approve "flight-delays" 7?',
      Message: 'Grüße\nhttps://example.com',
    });
  });
});

describe('secretsManagerSecrets', () => {
  const manager = new SecretsManagerClient({});
  const secret = { apiToken: 'glpat-contract', webhookSigningTokens: [SIGNING_TOKEN], webhookSecretToken: null };

  it('names a secret that does not exist', async () => {
    await expect(secretsManagerSecrets(place).session()).rejects.toThrow(`mlops-${place.stage}/session does not exist`);
  });

  it('reads a secret, holds it for minutes and then takes up the rotated one', async () => {
    let now = 0;
    const secrets = secretsManagerSecrets(place, () => now);
    const Name = `mlops-${place.stage}/gitlab`;
    await manager.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(secret) }));
    expect(await secrets.gitlab()).toEqual(secret);
    await manager.send(
      new PutSecretValueCommand({
        SecretId: Name,
        SecretString: JSON.stringify({ ...secret, apiToken: 'glpat-rotated' }),
      }),
    );
    expect((await secrets.gitlab()).apiToken).toBe('glpat-contract');
    now = 10 * 60 * 1000;
    expect((await secrets.gitlab()).apiToken).toBe('glpat-rotated');
  });

  it('names the field that is wrong, and never a value', async () => {
    const Name = `mlops-${place.stage}/oidc`;
    await manager.send(
      new CreateSecretCommand({ Name, SecretString: JSON.stringify({ clientId: 'id', clientSecret: 42_4242 }) }),
    );
    const failure = await secretsManagerSecrets(place)
      .signIn()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContractBroken);
    expect(String(failure)).toContain('clientSecret');
    expect(String(failure)).not.toContain('424242');
  });
});
