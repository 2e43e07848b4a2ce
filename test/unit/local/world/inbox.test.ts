import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { inboxApp } from '../../../../local/inbox/app.tsx';
import { MailStore } from '../../../../local/inbox/mail-store.ts';

const topicArn = 'arn:aws:sns:eu-central-1:000000000000:mlops-local-stewards-ml-stewards';
const notification = {
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: topicArn,
  Subject: 'flight-delays v7 waits for a steward',
  Message: 'It passed 4 of 4 gates.\n\nhttp://127.0.0.1:8080/reviews/r-1\n',
  Timestamp: '2026-11-23T16:00:00.000Z',
};

describe('the inbox', () => {
  let folder = '';
  let confirmed: { topicArn: string; token: string }[] = [];
  let clock = Date.parse('2026-11-23T16:00:00Z');
  const app = () =>
    inboxApp({
      mails: new MailStore(folder),
      awsUrl: new URL('http://127.0.0.1:4566'),
      confirm: async (subscription) => {
        if (subscription.token === 'refused') throw new Error('Invalid token');
        confirmed.push(subscription);
      },
      now: () => new Date(clock),
    });
  const deliver = (body: unknown, to = 'ml-stewards') =>
    app().request(`/sns?to=${to}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const listed = async (query = ''): Promise<unknown> => (await app().request(`/api/mails${query}`)).json();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'inbox-'));
    confirmed = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('shows a mail as its recipient would get it, with its link', async () => {
    expect((await deliver(notification)).status).toBe(204);
    const page = await (await app().request('/mails/m-1')).text();
    expect(page).toContain('<h1>flight-delays v7 waits for a steward</h1>');
    expect(page).toContain('<a href="http://127.0.0.1:8080/reviews/r-1">');
    expect(page).toContain('<dd>ml-stewards</dd>');
    expect(page).toContain('no-reply@sns.amazonaws.com');
  });

  it('lists mails newest first, and only those that are asked for', async () => {
    await deliver(notification);
    clock += 60_000;
    await deliver(
      { ...notification, MessageId: 'm-2', TopicArn: topicArn.replace('stewards-ml-stewards', 'on-call-ml-on-call') },
      'ml-on-call',
    );
    expect(await listed()).toMatchObject([
      { id: 'm-2', to: 'ml-on-call' },
      { id: 'm-1', links: ['http://127.0.0.1:8080/reviews/r-1'] },
    ]);
    expect(await listed('?topic=on-call')).toMatchObject([{ id: 'm-2' }]);
    expect(await listed(`?since=${new Date(clock - 1).toISOString()}`)).toMatchObject([{ id: 'm-2' }]);
  });

  it('keeps a mail that is delivered twice once, also over a restart', async () => {
    await deliver(notification);
    await deliver(notification);
    expect(await listed()).toHaveLength(1);
  });

  const confirmation = (SubscribeURL: string, Token = 't') => ({
    Type: 'SubscriptionConfirmation',
    TopicArn: topicArn,
    Token,
    SubscribeURL,
  });

  it('confirms a subscription at the local AWS, whatever host name the AWS gives itself', async () => {
    const local = 'http://localhost:4566/?Action=ConfirmSubscription&Token=t';
    expect((await deliver(confirmation(local))).status).toBe(204);
    expect(confirmed).toEqual([{ topicArn, token: 't' }]);
    expect((await deliver(confirmation(local, 'refused'))).status).toBe(502);
  });

  it('confirms nothing of anywhere else', async () => {
    expect((await deliver(confirmation('http://169.254.169.254:4566/latest/meta-data'))).status).toBe(403);
    expect(confirmed).toEqual([]);
  });

  it('shows an alarm in words, as its mail would', async () => {
    const alarm = {
      AlarmName: 'mlops-local-flights-prod-drift',
      AlarmDescription: 'Runbook: http://127.0.0.1:8080/runbooks/drift',
      AWSAccountId: '000000000000',
      NewStateValue: 'ALARM',
      NewStateReason: 'Threshold Crossed: 1 out of the last 1 datapoints',
      OldStateValue: 'OK',
      StateChangeTime: '2026-11-23T16:00:00.000+0000',
      Region: 'eu-central-1',
      AlarmArn: 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:mlops-local-flights-prod-drift',
      Trigger: {
        Namespace: 'MLOps',
        MetricName: 'DriftBreach',
        Dimensions: [{ name: 'Model', value: 'flights' }],
        Period: 3600,
        EvaluationPeriods: 2,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      },
    };
    await deliver({ ...notification, Message: JSON.stringify(alarm) });
    const [mail] = z.array(z.object({ text: z.string(), links: z.array(z.string()) })).parse(await listed());
    expect(mail?.text).toContain('has entered the ALARM state');
    expect(mail?.text).toContain('OK -> ALARM');
    expect(mail?.text).toContain('at least 2 of the last 2 period(s) of 3600 seconds');
    expect(mail?.links).toEqual(['http://127.0.0.1:8080/runbooks/drift']);
  });

  it('shows markup in a mail as text', async () => {
    await deliver({
      ...notification,
      Subject: '<script>alert(1)</script>',
      Message: '<img src=x onerror=alert(1)> https://a.example/"><b>',
    });
    const page = await (await app().request('/mails/m-1')).text();
    expect(page).not.toMatch(/<script>alert|<img/);
    expect(page).toContain('&lt;img src=x');
    expect(page).toContain('<a href="https://a.example/">');
  });

  it.each(['no JSON', '{}', '{"Type":"Notification"}'])('refuses %s with 400', async (body) => {
    expect((await deliver(body)).status).toBe(400);
  });

  it('answers an unknown mail with a page that leads back', async () => {
    const response = await app().request('/mails/nothing');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('See all mails');
  });
});
