import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
  let fetched: string[] = [];
  let clock = Date.parse('2026-11-23T16:00:00Z');
  const app = () =>
    inboxApp({
      mails: new MailStore(folder),
      awsUrl: new URL('http://127.0.0.1:4566'),
      fetch: async (url) => {
        fetched.push(url.href);
        return { ok: true, status: 200 };
      },
      now: () => new Date(clock),
    });
  const deliver = (body: unknown, to = 'ml-stewards') =>
    app().request(`/sns?to=${to}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const listed = async (query = ''): Promise<unknown> => (await app().request(`/api/mails${query}`)).json();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'inbox-'));
    fetched = [];
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

  it('confirms a subscription at the local AWS, whatever host name the AWS gives itself', async () => {
    const SubscribeURL = 'http://localhost:4566/?Action=ConfirmSubscription&Token=t';
    expect((await deliver({ Type: 'SubscriptionConfirmation', TopicArn: topicArn, SubscribeURL })).status).toBe(204);
    expect(fetched).toEqual(['http://127.0.0.1:4566/?Action=ConfirmSubscription&Token=t']);
  });

  it('fetches nothing from anywhere else', async () => {
    const SubscribeURL = 'http://169.254.169.254:4566/latest/meta-data';
    expect((await deliver({ Type: 'SubscriptionConfirmation', TopicArn: topicArn, SubscribeURL })).status).toBe(403);
    expect(fetched).toEqual([]);
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
