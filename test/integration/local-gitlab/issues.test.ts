import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asObject, openReceiver, type SeededGitlab, seedGitlab, until } from './seeded-gitlab.ts';

const PROJECT = '/projects/ml%2Fmodel';
type Receiver = Awaited<ReturnType<typeof openReceiver>>;

describe('an issue of the stand-in', () => {
  let gitlab: SeededGitlab;
  let open: Receiver;
  let confidential: Receiver;

  beforeAll(async () => {
    gitlab = await seedGitlab();
    [open, confidential] = [await openReceiver(), await openReceiver()];
    const hook = (url: string, events: object) =>
      gitlab.as('maintainer')('POST', `${PROJECT}/hooks`, { url, push_events: false, ...events });
    await hook(open.url, { issues_events: true, note_events: true });
    await hook(confidential.url, { confidential_issues_events: true, confidential_note_events: true });
  });
  beforeEach(() => {
    open.received.length = 0;
    confidential.received.length = 0;
  });
  afterAll(async () => {
    await gitlab.stop();
    await Promise.all([open.stop(), confidential.stop()]);
  });

  const events = (receiver: Receiver) =>
    receiver.received.map(({ headers, body }) => {
      const { action, state } = asObject(body.object_attributes);
      return [headers['x-gitlab-event'], body.event_type, action, state];
    });
  const create = async (more: object): Promise<number> => {
    const made = await gitlab.as('developer')('POST', `${PROJECT}/issues`, { title: 'The data drifted', ...more });
    return Number(asObject(made.body).iid);
  };

  it('that is confidential tells only the hooks for confidential ones, of its comments too', async () => {
    const call = gitlab.as('developer');
    const iid = await create({ confidential: true, labels: 'model-feedback' });
    await call('PUT', `${PROJECT}/issues/${iid}`, { state_event: 'close' });
    await call('PUT', `${PROJECT}/issues/${iid}`, { state_event: 'reopen' });
    await call('POST', `${PROJECT}/issues/${iid}/notes`, { body: '/mlops snooze 3d' });
    await until('four deliveries', () => (confidential.received.length >= 4 ? true : undefined));
    expect(events(confidential)).toEqual(
      expect.arrayContaining([
        ['Confidential Issue Hook', 'confidential_issue', 'open', 'opened'],
        ['Confidential Issue Hook', 'confidential_issue', 'close', 'closed'],
        ['Confidential Issue Hook', 'confidential_issue', 'reopen', 'opened'],
        ['Confidential Note Hook', 'confidential_note', 'create', undefined],
      ]),
    );
    expect(confidential.received).toHaveLength(4);
    expect(open.received).toEqual([]);
  });

  it('tells who closed it and what that changed', async () => {
    const iid = await create({});
    await gitlab.as('maintainer')('PUT', `${PROJECT}/issues/${iid}`, { state_event: 'close' });
    const closed = await until('the close', () =>
      open.received.map(({ body }) => body).find((body) => asObject(body.object_attributes).action === 'close'),
    );
    expect(closed).toMatchObject({
      object_kind: 'issue',
      user: { id: gitlab.user('maintainer').id, username: 'maintainer' },
      project: { id: gitlab.projectId },
      object_attributes: { iid, state: 'closed', state_id: 2 },
      changes: { state_id: { previous: 1, current: 2 }, closed_at: { previous: null, current: expect.any(String) } },
    });
    expect(asObject(closed.changes)).not.toHaveProperty('title');
  });

  it('tells of a comment with the issue that it is on', async () => {
    const iid = await create({});
    await gitlab.as('developer')('POST', `${PROJECT}/issues/${iid}/notes`, { body: 'We look into it.' });
    const note = await until('the comment', () => open.received.find(({ body }) => body.object_kind === 'note'));
    expect(note.headers['x-gitlab-event']).toBe('Note Hook');
    expect(note.body).toMatchObject({
      project_id: gitlab.projectId,
      user: { username: 'developer' },
      object_attributes: { note: 'We look into it.', noteable_type: 'Issue', system: false, internal: false },
      issue: { iid, state: 'opened', confidential: false },
    });
  });

  it('takes files, which its members read as downloads', async () => {
    const form = new FormData();
    form.set('file', new File(['<script>alert(1)</script>'], 'drift report.html', { type: 'text/html' }));
    const post = (body: FormData, token: string) =>
      fetch(`${gitlab.url}/api/v4${PROJECT}/uploads`, { method: 'POST', headers: { 'private-token': token }, body });
    const answer = await post(form, gitlab.user('developer').token);
    expect(answer.status).toBe(201);
    const upload = asObject(await answer.json());
    expect(upload).toMatchObject({
      alt: 'drift_report.html',
      url: expect.stringMatching(/^\/uploads\/[0-9a-f]{32}\/drift_report\.html$/),
      full_path: `/-/project/${gitlab.projectId}${upload.url}`,
      markdown: `[drift_report.html](${upload.url})`,
    });
    await gitlab.restart();

    const cookie = await signIn('reporter');
    const page = await fetch(`${gitlab.url}${upload.full_path}`, { headers: { cookie } });
    expect(await page.text()).toBe('<script>alert(1)</script>');
    expect(page.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(page.headers.get('content-type')).toBe('application/octet-stream');
    expect((await gitlab.as('reporter')('GET', `${PROJECT}${upload.url}`)).status).toBe(200);
    expect((await gitlab.as('reporter')('GET', `${PROJECT}/uploads/${'0'.repeat(32)}/drift_report.html`)).status).toBe(
      404,
    );

    const stranger = { headers: { cookie: await signIn('outsider') } };
    expect((await fetch(`${gitlab.url}${upload.full_path}`, stranger)).status).toBe(404);
    expect((await post(new FormData(), gitlab.user('developer').token)).status).toBe(400);
    expect((await post(form, gitlab.user('outsider').token)).status).toBe(404);
  });

  it('is commented and closed on its page by a person, and by no other site', async () => {
    const iid = await create({});
    const [cookie, page] = [await signIn('developer'), `${gitlab.url}/ml/model/-/issues/${iid}`];
    const post = (fields: Record<string, string>, headers: Record<string, string> = { cookie }) =>
      fetch(page, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
    expect((await post({ comment: 'Closed: [report](/uploads/a/b.html)' })).status).toBe(303);
    expect((await post({ state_event: 'close' }, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ state_event: 'close' }, { cookie: await signIn('outsider') })).status).toBe(404);
    expect((await post({ state_event: 'close' })).status).toBe(303);
    await until('the close', () => events(open).find(([, , action]) => action === 'close'));
    const shown = await (await fetch(page, { headers: { cookie } })).text();
    expect(shown).toContain(`<a href="/-/project/${gitlab.projectId}/uploads/a/b.html">report</a>`);
    expect(shown).toContain('Reopen issue');
  });

  const signIn = async (login: string): Promise<string> => {
    const body = new URLSearchParams({ login });
    const answer = await fetch(`${gitlab.url}/users/sign_in`, { method: 'POST', redirect: 'manual', body });
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };
});

describe('a token of the stand-in', () => {
  let gitlab: SeededGitlab;
  beforeAll(async () => {
    gitlab = await seedGitlab();
  });
  afterAll(() => gitlab.stop());

  const make = async (more: object): Promise<string> => {
    const path = `/users/${gitlab.user('developer').id}/personal_access_tokens`;
    return String(
      asObject((await gitlab.root('POST', path, { name: 'bot', scopes: ['read_user'], ...more })).body).token,
    );
  };
  const askItself = (token: string, method = 'GET') =>
    gitlab.nobody(method, '/personal_access_tokens/self', undefined, { 'private-token': token });

  it('says when it ends, whatever its scopes are; without an end it lasts a year', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    expect((await askItself(await make({ expires_at: tomorrow }))).body).toMatchObject({
      name: 'bot',
      active: true,
      expires_at: tomorrow,
      scopes: ['read_user'],
    });
    const inAYear = new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10);
    const answer = await askItself(await make({}));
    expect(answer.body).toMatchObject({ expires_at: inAYear });
    expect(answer.body).not.toHaveProperty('token');
  });

  it('can end itself', async () => {
    const token = await make({});
    expect((await askItself(token, 'DELETE')).status).toBe(204);
    expect((await askItself(token)).status).toBe(401);
  });
});
