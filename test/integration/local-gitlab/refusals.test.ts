import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asList, asObject, idOf, openReceiver, type SeededGitlab, seedGitlab, until } from './seeded-gitlab.ts';

const PROJECT = '/projects/ml%2Fmodel';
const OPEN = '/projects/ml%2Fopen';

/** What GitLab's own specs ask of its API, where a stand-in is easily wrong. */
describe('what the REST API allows and refuses', () => {
  let gitlab: SeededGitlab;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let sha: string;

  beforeAll(async () => {
    [gitlab, receiver] = await Promise.all([seedGitlab(), openReceiver()]);
    const made = await gitlab.as('maintainer')('POST', `${PROJECT}/repository/commits`, {
      branch: 'main',
      commit_message: 'First',
      actions: [{ action: 'create', file_path: 'README.md', content: '# Model\n\nof delays\n' }],
    });
    sha = String(asObject(made.body).id);
    const open = { path: 'open', namespace_id: gitlab.groupId, visibility: 'public', initialize_with_readme: true };
    await gitlab.root('PUT', `/groups/${gitlab.groupId}`, { visibility: 'public' });
    await gitlab.root('POST', '/projects', open);
    await gitlab.root('POST', `${PROJECT}/members`, { username: 'outsider', access_level: 10 });
  });

  afterAll(async () => {
    await gitlab.stop();
    await receiver.stop();
  });

  const refused = async (call: ReturnType<SeededGitlab['as']>, method: string, path: string, body?: object) => {
    const answer = await call(method, path, body);
    return [answer.status, answer.body];
  };

  const commitCiFile = async (branch: string, content: string) => {
    const made = await gitlab.as('maintainer')('POST', `${PROJECT}/repository/commits`, {
      branch,
      start_sha: sha,
      commit_message: 'Jobs',
      actions: [{ action: 'create', file_path: '.gitlab-ci.yml', content }],
    });
    return String(asObject(made.body).id);
  };

  it('lets everybody look at a public project, and asks some calls for a token even there', async () => {
    const anonymous = async (path: string) => (await gitlab.nobody('GET', `${OPEN}${path}`)).status;
    expect(
      await Promise.all(
        ['/repository/branches', '/issues', '/pipelines', '/merge_requests', '/environments', '/jobs', '/members'].map(
          anonymous,
        ),
      ),
    ).toEqual([200, 200, 200, 200, 401, 401, 401]);
    expect((await gitlab.nobody('POST', `${OPEN}/issues`, { title: 'x' })).status).toBe(401);
    expect((await gitlab.as('outsider')('GET', `${OPEN}/environments`)).status).toBe(200);
    const guest = async (path: string) => (await gitlab.as('outsider')('GET', `${PROJECT}${path}`)).status;
    expect(
      await Promise.all(['/issues', '/pipelines', '/repository/tree', '/merge_requests', '/deployments'].map(guest)),
    ).toEqual([200, 200, 403, 403, 403]);
  });

  it('acts for somebody else when an administrator asks, and says why a token is no good', async () => {
    const as = (sudo: string) => gitlab.root('GET', '/user', undefined, { sudo });
    expect((await as('developer')).body).toMatchObject({ username: 'developer' });
    expect((await as('nobody-at-all')).status).toBe(404);
    expect((await gitlab.as('developer')('GET', '/user', undefined, { sudo: 'root' })).status).toBe(403);
    const path = `/users/${gitlab.user('outsider').id}/personal_access_tokens`;
    const made = await gitlab.root('POST', path, { name: 'gone', scopes: ['api'] });
    await gitlab.root('DELETE', `/personal_access_tokens/${idOf(made)}`);
    const late = await gitlab.nobody('GET', '/user', undefined, { 'private-token': String(asObject(made.body).token) });
    expect(late).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  });

  it('tells a missing parameter from an empty one and from a wrong one', async () => {
    const call = gitlab.as('maintainer');
    const branches = `${PROJECT}/repository/branches`;
    expect(await refused(call, 'POST', branches, {})).toEqual([400, { error: 'branch is missing, ref is missing' }]);
    expect(await refused(call, 'POST', branches, { branch: '', ref: 'main' })).toEqual([
      400,
      { error: 'branch is empty' },
    ]);
    expect(await refused(call, 'POST', `${PROJECT}/issues`, { title: '' })).toEqual([
      400,
      { message: { title: ["can't be blank"] } },
    ]);
    const commit = { branch: 'main', commit_message: 'x', actions: [{ action: 'create', content: 'x' }] };
    expect(await refused(call, 'POST', `${PROJECT}/repository/commits`, commit)).toEqual([
      400,
      { error: 'actions[0][file_path] is missing' },
    ]);
    const member = { user_id: gitlab.user('outsider').id, access_level: 7 };
    expect(await refused(call, 'PUT', `${PROJECT}/members/${member.user_id}`, member)).toEqual([
      400,
      { message: { access_level: ['is not included in the list'] } },
    ]);
    expect(await refused(call, 'POST', '/projects', { name: 'bad/name' })).toEqual([
      400,
      { message: { name: [expect.stringContaining('can contain only letters')] } },
    ]);
  });

  it('pages past the end without a way on, and by keyset where that is in order', async () => {
    const beyond = await gitlab.root('GET', `${PROJECT}/repository/branches?page=9`);
    expect([beyond.body, beyond.headers.get('x-prev-page'), beyond.headers.get('x-next-page')]).toEqual([[], '', '']);
    expect((await gitlab.root('GET', '/projects?pagination=keyset&order_by=name')).status).toBe(405);
    const first = await gitlab.root('GET', '/projects?pagination=keyset&order_by=id&sort=asc&per_page=1');
    expect([first.headers.get('x-total'), first.headers.get('link')]).toEqual([
      null,
      expect.stringMatching(/id_after=\d+.*>; rel="next"/),
    ]);
  });

  it('keeps files from being written over what changed, and blames a range of lines', async () => {
    const call = gitlab.as('maintainer');
    const file = `${PROJECT}/repository/files/README.md`;
    const stale = { branch: 'main', commit_message: 'x', content: 'x', last_commit_id: 'stale' };
    expect(await refused(call, 'PUT', file, stale)).toEqual([
      400,
      { message: 'You are attempting to update a file that has changed since you started editing it.' },
    ]);
    const blame = await call('GET', `${file}/blame?ref=main&range[start]=3&range[end]=3`);
    expect(blame.body).toMatchObject([{ lines: ['of delays'], commit: { id: sha } }]);
    expect(await refused(call, 'GET', `${file}/blame?ref=main&range[start]=3&range[end]=1`)).toEqual([
      400,
      { message: 'range[start] must be less than or equal to range[end]' },
    ]);
    expect((await call('HEAD', `${PROJECT}/repository/branches/main`)).status).toBe(204);
    const archive = await call('GET', `${PROJECT}/repository/archive.tar.bz2?sha=main`);
    expect(archive.headers.get('content-disposition')).toContain(`model-main-${sha}.tar.bz2`);
  });

  it('keeps environments and deployments to their rules', async () => {
    const call = gitlab.as('developer');
    const environments = `${PROJECT}/environments`;
    const slug = { error: 'slug is automatically generated and cannot be changed' };
    expect(await refused(call, 'POST', environments, { name: 'x', slug: 'y' })).toEqual([400, slug]);
    expect(await refused(call, 'GET', `${environments}?name=a&search=abc`)).toEqual([
      400,
      { error: 'name, search cannot be used together' },
    ]);
    const made = await call('POST', environments, { name: 'review/one' });
    expect(made.body).toMatchObject({
      slug: expect.stringMatching(/^review-one-[a-z0-9]{6}$/),
      project: { path_with_namespace: 'ml/model' },
    });
    await call('POST', `${environments}/${idOf(made)}/stop`);
    const old = { 'if-unmodified-since': 'Fri, 12 Jan 1990 00:00:48 GMT' };
    expect((await call('DELETE', `${environments}/${idOf(made)}`, undefined, old)).status).toBe(412);
    expect((await call('DELETE', `${environments}/${idOf(made)}`)).status).toBe(204);
    const deployment = { environment: 'prod', sha, ref: 'nowhere', tag: false, status: 'running' };
    expect(await refused(call, 'POST', `${PROJECT}/deployments`, deployment)).toEqual([
      400,
      { message: { ref: ['The branch or tag does not exist'] } },
    ]);
    const after = 'finished_after=2026-01-01T00:00:00Z';
    expect(await refused(call, 'GET', `${PROJECT}/deployments?order_by=finished_at&${after}`)).toEqual([
      400,
      { message: '400 Bad request - `finished_at` filter must be combined with `success` status filter.' },
    ]);
  });

  it('lists statuses oldest first and gives a job’s name to nobody else', async () => {
    const call = gitlab.as('maintainer');
    const made = await call('POST', `${PROJECT}/repository/commits`, {
      branch: 'main',
      commit_message: 'Jobs',
      actions: [
        {
          action: 'create',
          file_path: '.gitlab-ci.yml',
          content:
            'unit:\n  script: "true"\n  environment: {name: review/$CI_COMMIT_REF_SLUG}\nlater:\n  script: "true"\n  when: delayed\n  start_in: 1 hour\n  parallel: {matrix: [{A: [1, 2], B: x}]}\n',
        },
      ],
    });
    const commit = String(asObject(made.body).id);
    const pipeline = await until('the delayed jobs', async () => {
      const rows = asList((await call('GET', `${PROJECT}/pipelines?sha=${commit}&status=scheduled`)).body);
      return rows[0];
    });
    const statuses = `${PROJECT}/statuses/${commit}`;
    expect(await refused(call, 'POST', statuses, { state: 'success', name: 'unit', ref: 'main' })).toEqual([
      400,
      { message: { name: ['has already been taken'] } },
    ]);
    for (const name of ['one', 'two']) await call('POST', statuses, { state: 'success', name, ref: 'main' });
    const list = asList((await call('GET', `${PROJECT}/repository/commits/${commit}/statuses`)).body);
    expect(list.slice(-2).map((row) => row.name)).toEqual(['one', 'two']);
    const jobs = asList((await call('GET', `${PROJECT}/pipelines/${pipeline.id}/jobs`)).body);
    const byName = Object.fromEntries(jobs.map((job) => [job.name, job]));
    expect(Object.keys(byName).sort()).toEqual(['later: [1, x]', 'later: [2, x]', 'unit']);
    expect(byName['later: [1, x]']).toMatchObject({ status: 'scheduled' });
    const play = await call('POST', `${PROJECT}/jobs/${byName['later: [1, x]']?.id}/play`);
    expect(play).toMatchObject({ status: 200, body: { name: 'later: [1, x]' } });
    expect(await refused(call, 'POST', `${PROJECT}/jobs/${byName.unit?.id}/play`)).toEqual([
      400,
      { message: '400 Bad request - Unplayable Job' },
    ]);
    const deployed = asList((await call('GET', `${PROJECT}/environments?name=review/main`)).body);
    expect(deployed).toHaveLength(1);
    await call('POST', `${PROJECT}/pipelines/${pipeline.id}/cancel`);
  });

  it('starts the jobs of a retried pipeline one after the other, and manual ones not at all', async () => {
    const call = gitlab.as('maintainer');
    const file = [
      'stages: [one, two]',
      'first: {stage: one, script: "exit 1"}',
      'ask: {stage: one, script: "exit 1", when: manual}',
      'second: {stage: two, script: "exit 1", when: always}',
    ].join('\n');
    const sha = await commitCiFile('retried', file);
    const pipeline = await until('the failed pipeline', async () => {
      const rows = asList((await call('GET', `${PROJECT}/pipelines?sha=${sha}&status=failed`)).body);
      return rows[0];
    });
    const path = `${PROJECT}/pipelines/${pipeline.id}`;
    const job = async (name: string) =>
      asList((await call('GET', `${path}/jobs`)).body).find((row) => row.name === name) ?? {};
    expect(await call('POST', `${PROJECT}/jobs/${(await job('ask')).id}/play`)).toMatchObject({ status: 200 });
    await until('the manual job', async () => ((await job('ask')).status === 'failed' ? true : undefined));
    const { id: second } = await job('second');
    expect(await call('POST', `${path}/retry`)).toMatchObject({ status: 201, body: { status: 'running' } });
    expect(await job('ask')).toMatchObject({ status: 'manual' });
    const again = await until('the second try', async () => {
      const now = await job('second');
      return now.id !== second && now.status === 'failed' ? now : undefined;
    });
    expect(Date.parse(String(again.started_at))).toBeGreaterThanOrEqual(
      Date.parse(String((await job('first')).finished_at)),
    );
    expect(await job('ask')).toMatchObject({ status: 'manual', started_at: null });
  });

  it('names environments by the nearest variables, and gives them the address of their last deployment', async () => {
    const call = gitlab.as('maintainer');
    const file = [
      'variables: {PLACE: everywhere}',
      'ship:',
      '  variables: {PLACE: here}',
      '  script: "true"',
      '  artifacts: {paths: [README.md], expire_in: "99999999999999"}',
      '  environment: {name: places/$PLACE, url: "https://$PLACE.example.com"}',
    ].join('\n');
    await call('POST', `${PROJECT}/environments`, { name: 'places/here', external_url: 'https://old.example.com' });
    const sha = await commitCiFile('shipped', file);
    const pipeline = await until('the pipeline', async () => {
      const rows = asList((await call('GET', `${PROJECT}/pipelines?sha=${sha}&status=success`)).body);
      return rows[0];
    });
    expect(asList((await call('GET', `${PROJECT}/environments?search=places`)).body)).toMatchObject([
      { name: 'places/here', external_url: 'https://here.example.com' },
    ]);
    const [job] = asList((await call('GET', `${PROJECT}/pipelines/${pipeline.id}/jobs`)).body);
    expect(job).toMatchObject({ artifacts_file: { filename: 'artifacts.zip' }, artifacts_expire_at: null });
    // A fault in the recording of a job's end fails the job alone.
    const { environments } = gitlab.world().db;
    jest.spyOn(console, 'error').mockImplementationOnce(() => {});
    jest.spyOn(environments, 'update').mockImplementationOnce(() => {
      throw new Error('the disk is full');
    });
    const again = `${PROJECT}/jobs/${idOf(await call('POST', `${PROJECT}/jobs/${job?.id}/retry`))}`;
    const ended = await until('the failed try', async () => {
      const row = asObject((await call('GET', again)).body);
      return row.finished_at ? row : undefined;
    });
    expect(ended).toMatchObject({ status: 'failed', failure_reason: 'runner_system_failure' });
    const newest = await call('GET', `${PROJECT}/deployments?environment=places/here&sort=desc`);
    expect(asList(newest.body).map((row) => row.status)).toEqual(['failed', 'success']);
    jest.restoreAllMocks();
  });

  it('refuses a branch filter that does not fit its strategy, whichever of the two is changed', async () => {
    const call = gitlab.as('maintainer');
    const made = await call('POST', `${PROJECT}/hooks`, { url: receiver.url, push_events_branch_filter: '*-stable' });
    const hook = `${PROJECT}/hooks/${idOf(made)}`;
    const invalid = [422, { error: 'Invalid branch filter given' }];
    expect(await refused(call, 'PUT', hook, { branch_filter_strategy: 'regex' })).toEqual(invalid);
    const regex = { branch_filter_strategy: 'regex', push_events_branch_filter: '^v\\d+:' };
    expect(await call('PUT', hook, regex)).toMatchObject({ status: 200, body: regex });
    expect(await refused(call, 'PUT', hook, { push_events_branch_filter: '(' })).toEqual(invalid);
    expect(await refused(call, 'PUT', hook, { branch_filter_strategy: 'wildcard' })).toEqual(invalid);
    expect((await call('DELETE', hook)).status).toBe(204);
  });

  it('lets only members sort the issues that they report, notes down changes, and hides internal notes', async () => {
    const guest = gitlab.as('outsider');
    const made = await guest('POST', `${PROJECT}/issues`, { title: 'Odd', labels: 'bug' });
    expect(made.body).toMatchObject({ labels: ['bug'], time_stats: { time_estimate: 0 } });
    const elsewhere = await guest('POST', `${OPEN}/issues`, { title: 'Odd', labels: 'bug', due_date: '2030-01-01' });
    expect(elsewhere).toMatchObject({ status: 201, body: { labels: [], due_date: null } });
    const issue = `${PROJECT}/issues/${asObject(made.body).iid}`;
    await gitlab.as('developer')('PUT', issue, { title: 'Odder', add_labels: 'odd', confidential: false });
    await gitlab.as('developer')('POST', `${issue}/notes`, { body: 'between us', internal: true });
    const bodies = async (call: ReturnType<SeededGitlab['as']>) =>
      asList((await call('GET', `${issue}/notes`)).body).map((note) => note.body);
    expect(await bodies(gitlab.as('reporter'))).toEqual([
      'between us',
      'changed title from **{-Odd-}** to **{+Odder+}**',
    ]);
    expect(await bodies(guest)).toEqual(['changed title from **{-Odd-}** to **{+Odder+}**']);
    const threads = `${issue}/discussions`;
    expect((await guest('POST', threads, { body: 'hush', internal: true })).status).toBe(403);
    const thread = await gitlab.as('developer')('POST', threads, { body: 'hush', internal: true });
    const { id } = asObject(thread.body);
    expect(thread).toMatchObject({ status: 201, body: { notes: [{ internal: true }] } });
    const reply = await gitlab.as('developer')('POST', `${threads}/${id}/notes`, { body: 'hush too' });
    expect(reply).toMatchObject({ status: 201, body: { internal: true, confidential: true } });
    expect(await bodies(guest)).toEqual(['changed title from **{-Odd-}** to **{+Odder+}**']);
    const found = await gitlab.root('GET', `${PROJECT}/issues?not[labels]=bug`);
    expect(found.body).toEqual([]);
  });

  it('closes the issues that a merge says it closes', async () => {
    const call = gitlab.as('maintainer');
    const issue = asObject((await call('POST', `${PROJECT}/issues`, { title: 'Close me' })).body);
    await call('POST', `${PROJECT}/repository/commits`, {
      branch: 'fix',
      start_branch: 'main',
      commit_message: 'Fix',
      actions: [{ action: 'create', file_path: 'fix.txt', content: 'x' }],
    });
    const request = asObject(
      (
        await call('POST', `${PROJECT}/merge_requests`, {
          source_branch: 'fix',
          target_branch: 'main',
          title: 'Fix',
          description: `Closes #${issue.iid}`,
        })
      ).body,
    );
    const one = `${PROJECT}/merge_requests/${request.iid}`;
    expect((await gitlab.as('reporter')('POST', `${one}/approve`)).status).toBe(403);
    expect((await call('POST', `${one}/approve`)).status).toBe(201);
    expect((await call('POST', `${one}/approve`)).status).toBe(401);
    await call('PUT', `${one}/merge`);
    expect((await call('GET', `${PROJECT}/issues/${issue.iid}`)).body).toMatchObject({ state: 'closed' });
    const same = { source_branch: 'main', target_branch: 'main', title: 'Same' };
    expect(await refused(call, 'POST', `${PROJECT}/merge_requests`, same)).toEqual([
      422,
      { error: ["You can't use same project/branch for source and target"] },
    ]);
  });

  it('checks hooks, fills their addresses and bodies, and sends nothing again to another address', async () => {
    const call = gitlab.as('maintainer');
    const hooks = `${PROJECT}/hooks`;
    const made = await call('POST', hooks, {
      url: `${receiver.url}?key={key}`,
      push_events: false,
      issues_events: true,
      url_variables: [{ key: 'key', value: 'secret' }],
      custom_webhook_template: '{"what": "{{object_kind}}", "title": "{{object_attributes.title}}"}',
    });
    expect(made.body).toMatchObject({ url_variables: [{ key: 'key' }], alert_status: 'executable' });
    await call('POST', `${PROJECT}/issues`, { title: 'Say "this"' });
    const told = await until('the delivery', () => receiver.received.find((one) => one.body.what === 'issue'));
    expect(told.body).toEqual({ what: 'issue', title: 'Say "this"' });
    const log = `${hooks}/${idOf(made)}/events`;
    const [event] = await until('the log', async () => {
      const rows = asList((await call('GET', log)).body);
      return rows.length > 0 ? rows : undefined;
    });
    expect(event).toMatchObject({ url: `${receiver.url}?key={key}`, response_status: '200' });
    expect(await refused(call, 'GET', `${log}?per_page=21`)).toEqual([
      400,
      { error: 'per_page does not have a valid value' },
    ]);
    expect(await refused(call, 'PUT', `${hooks}/${idOf(made)}`, {})).toEqual([
      400,
      { error: 'No parameters provided' },
    ]);
    await call('PUT', `${hooks}/${idOf(made)}`, { url: `${receiver.url}/other` });
    expect(await refused(call, 'POST', `${log}/${event?.id}/resend`)).toEqual([
      422,
      { message: 'The hook URL has changed, and this log entry cannot be retried' },
    ]);
    const wrong = { url: receiver.url, push_events_branch_filter: '~bad/' };
    expect(await refused(call, 'POST', hooks, wrong)).toEqual([422, { error: 'Invalid branch filter given' }]);
    expect((await call('POST', hooks, { url: receiver.url, token: 'a\nb' })).status).toBe(422);
  });
});
