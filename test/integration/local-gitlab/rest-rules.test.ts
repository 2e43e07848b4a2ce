import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asList, asObject, idOf, openReceiver, type SeededGitlab, seedGitlab, until } from './seeded-gitlab.ts';

const PROJECT = '/projects/ml%2Fmodel';

describe('the REST subset', () => {
  let gitlab: SeededGitlab;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let sha: string;

  beforeAll(async () => {
    gitlab = await seedGitlab();
    receiver = await openReceiver();
    const copy = gitlab.workingCopy('maintainer');
    copy.write({ 'mlops.yaml': 'model: flight-delays\n', 'src/train.py': 'print(1)\n', 'docs/a b.md': 'text' });
    sha = copy.commit('First');
    await copy.git('push', '-q', 'origin', 'main');
    await gitlab.as('maintainer')('POST', `${PROJECT}/hooks`, {
      url: receiver.url,
      push_events: false,
      pipeline_events: true,
      deployment_events: true,
      issues_events: true,
      confidential_issues_events: true,
      note_events: true,
    });
  });

  afterAll(async () => {
    await gitlab.stop();
    await receiver.stop();
  });

  describe('access', () => {
    it('answers 401 to a bad token, 404 to non-members and 403 below the level', async () => {
      expect(await gitlab.nobody('GET', PROJECT)).toMatchObject({
        status: 404,
        body: { message: '404 Project Not Found' },
      });
      expect(await gitlab.nobody('GET', PROJECT, undefined, { 'private-token': 'wrong' })).toMatchObject({
        status: 401,
        body: { message: '401 Unauthorized' },
      });
      expect((await gitlab.as('outsider')('GET', PROJECT)).status).toBe(404);
      expect((await gitlab.as('reporter')('POST', `${PROJECT}/statuses/${sha}`, { state: 'success' })).status).toBe(
        403,
      );
      expect((await gitlab.as('developer')('GET', `${PROJECT}/hooks`)).status).toBe(403);
    });

    it('lets a read_api token read and refuses it the rest', async () => {
      const made = await gitlab.root('POST', `/users/${gitlab.user('maintainer').id}/personal_access_tokens`, {
        name: 'reader',
        scopes: ['read_api'],
      });
      const headers = { authorization: `Bearer ${asObject(made.body).token}` };
      expect((await gitlab.nobody('GET', PROJECT, undefined, headers)).status).toBe(200);
      const refused = await gitlab.nobody('POST', `${PROJECT}/issues`, { title: 'x' }, headers);
      expect(refused).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
    });

    it('finds inherited members and answers 404 for others', async () => {
      const id = gitlab.user('outsider').id;
      expect((await gitlab.root('GET', `${PROJECT}/members/all/${id}`)).status).toBe(404);
      await gitlab.root('POST', `/groups/ml/members`, { user_id: id, access_level: 10 });
      expect(await gitlab.root('GET', `${PROJECT}/members/all/${id}`)).toMatchObject({
        status: 200,
        body: { access_level: 10, state: 'active' },
      });
      expect((await gitlab.root('GET', `${PROJECT}/members/${id}`)).status).toBe(404);
      await gitlab.root('DELETE', `/groups/ml/members/${id}`);
      expect((await gitlab.root('GET', `/groups/ml/members/all/${id}`)).status).toBe(404);
    });
  });

  describe('repository', () => {
    it('gives files as JSON, raw and by HEAD, with slashes and spaces in their names', async () => {
      const file = await gitlab.as('reporter')('GET', `${PROJECT}/repository/files/src%2Ftrain.py?ref=main`);
      expect(file.body).toMatchObject({
        file_path: 'src/train.py',
        encoding: 'base64',
        content: Buffer.from('print(1)\n').toString('base64'),
        commit_id: sha,
      });
      const raw = await gitlab.as('reporter')('GET', `${PROJECT}/repository/files/docs%2Fa%20b.md/raw?ref=${sha}`);
      expect(raw.body).toBe('text');
      const head = await gitlab.as('reporter')('HEAD', `${PROJECT}/repository/files/mlops.yaml?ref=main`);
      expect([head.status, head.headers.get('x-gitlab-size')]).toEqual([200, '21']);
      expect(await gitlab.as('reporter')('GET', `${PROJECT}/repository/files/gone.yaml?ref=main`)).toMatchObject({
        status: 404,
        body: { message: '404 File Not Found' },
      });
      expect(await gitlab.as('reporter')('GET', `${PROJECT}/repository/files/mlops.yaml`)).toMatchObject({
        status: 400,
        body: { error: 'ref is missing' },
      });
    });

    it('lists the tree, commits, branches and comparisons', async () => {
      const tree = asList((await gitlab.as('reporter')('GET', `${PROJECT}/repository/tree?recursive=true`)).body);
      expect(tree.map((entry) => entry.path)).toContain('src/train.py');
      const commits = asList(
        (await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits?ref_name=main&path=src`)).body,
      );
      expect(commits).toMatchObject([{ id: sha, title: 'First', author_email: 'maintainer@example.com' }]);
      expect((await gitlab.as('reporter')('GET', `${PROJECT}/repository/branches/main`)).body).toMatchObject({
        protected: true,
        default: true,
        commit: { id: sha },
      });
      expect((await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits/${sha}/diff`)).body).toContainEqual(
        expect.objectContaining({ new_path: 'src/train.py', new_file: true, diff: '@@ -0,0 +1 @@\n+print(1)\n' }),
      );
      expect((await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits/nothing`)).status).toBe(404);
    });
  });

  describe('merge requests', () => {
    it('merges with a real commit, names who merged, and tells which request brought a commit', async () => {
      const copy = gitlab.workingCopy('developer');
      await copy.git('fetch', '-q', 'origin', 'main');
      await copy.git('checkout', '-q', '-b', 'better', 'origin/main');
      copy.write({ 'src/features.py': 'x = 1\n' });
      const change = copy.commit('Better features');
      await copy.git('push', '-q', 'origin', 'better');
      const request = await gitlab.as('developer')('POST', `${PROJECT}/merge_requests`, {
        source_branch: 'better',
        target_branch: 'main',
        title: 'Better',
      });
      expect(request).toMatchObject({ status: 201, body: { iid: 1, state: 'opened', merge_user: null } });
      expect((await gitlab.as('developer')('PUT', `${PROJECT}/merge_requests/1/merge`)).status).toBe(401);
      const merged = await gitlab.as('maintainer')('PUT', `${PROJECT}/merge_requests/1/merge`);
      expect(merged.body).toMatchObject({
        state: 'merged',
        merged_by: { username: 'maintainer' },
        merge_user: { username: 'maintainer' },
      });
      const commit = await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits/main`);
      expect(commit.body).toMatchObject({ id: asObject(merged.body).merge_commit_sha, parent_ids: [sha, change] });
      const introducing = asList(
        (await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits/${change}/merge_requests`)).body,
      );
      expect(introducing).toMatchObject([{ iid: 1, author: { username: 'developer' } }]);
    });
  });

  describe('commit statuses', () => {
    const postAs = (user: string, body: object) => gitlab.as(user)('POST', `${PROJECT}/statuses/${sha}`, body);
    const post = (body: object) => postAs('maintainer', body);

    it('of a protected branch are set by whoever may push there', async () => {
      expect(await postAs('developer', { state: 'success', ref: 'main' })).toMatchObject({
        status: 403,
        body: { message: '403 Forbidden' },
      });
    });

    it('make an external pipeline, tell its hook, and refuse running after running', async () => {
      const first = await post({
        state: 'running',
        name: 'mlops',
        ref: 'main',
        target_url: 'http://127.0.0.1:8080/runs/1',
      });
      expect(first).toMatchObject({
        status: 201,
        body: { status: 'running', name: 'mlops', author: { username: 'maintainer' } },
      });
      expect(await post({ state: 'running', name: 'mlops', ref: 'main' })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('Cannot transition status via :run from :running') },
      });
      const done = await post({ state: 'failed', name: 'mlops', ref: 'main', description: 'auc too low' });
      expect(idOf(done)).toBe(idOf(first));
      const again = await post({ state: 'success', name: 'mlops', ref: 'main' });
      expect(idOf(again)).not.toBe(idOf(first));
      const newest = asList((await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits/${sha}/statuses`)).body);
      const all = asList(
        (await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits/${sha}/statuses?all=true`)).body,
      );
      expect([newest.length, all.length]).toEqual([1, 2]);
      const pipelines = asList((await gitlab.as('reporter')('GET', `${PROJECT}/pipelines?sha=${sha}`)).body);
      expect(pipelines).toMatchObject([{ source: 'external', status: 'success' }]);
      await until('the hook of the external pipeline', () =>
        receiver.received.find((one) => asObject(one.body.object_attributes ?? {}).source === 'external'),
      );
    });

    it('refuse an unknown state and an unknown commit', async () => {
      expect(await post({ state: 'odd' })).toMatchObject({
        status: 400,
        body: { error: 'state does not have a valid value' },
      });
      expect(await post({})).toMatchObject({ status: 400, body: { error: 'state is missing' } });
      expect(
        (await gitlab.as('developer')('POST', `${PROJECT}/statuses/${'0'.repeat(40)}`, { state: 'success' })).status,
      ).toBe(404);
    });
  });

  describe('deployments', () => {
    const deploy = (status: string, environment = 'prod', commit = sha) =>
      gitlab.as('developer')('POST', `${PROJECT}/deployments`, {
        environment,
        sha: commit,
        ref: 'main',
        tag: false,
        status,
      });

    it('make their environment, move forward only, and return the last success again', async () => {
      const running = await deploy('running');
      expect(running).toMatchObject({
        status: 201,
        body: { status: 'running', deployable: null, environment: { name: 'prod' } },
      });
      const change = (status: string) =>
        gitlab.as('developer')('PUT', `${PROJECT}/deployments/${idOf(running)}`, { status });
      expect(await change('running')).toMatchObject({
        status: 400,
        body: { message: { status: ['cannot transition via "run"'] } },
      });
      expect(await change('success')).toMatchObject({ status: 200, body: { status: 'success' } });
      expect(idOf(await deploy('success'))).toBe(idOf(running));
      expect(idOf(await deploy('running'))).not.toBe(idOf(running));
      expect((await gitlab.root('DELETE', `${PROJECT}/deployments/${idOf(running)}`)).status).toBe(400);
      const environments = asList((await gitlab.as('reporter')('GET', `${PROJECT}/environments?name=prod`)).body);
      expect(environments).toMatchObject([{ name: 'prod', tier: 'production', state: 'available' }]);
      const told = await until('the deployment hook', () =>
        receiver.received.find((one) => one.body.object_kind === 'deployment' && one.body.status === 'success'),
      );
      expect(told.body).toMatchObject({
        environment: 'prod',
        environment_tier: 'production',
        short_sha: sha.slice(0, 8),
        deployable_url: null,
        project: { path_with_namespace: 'ml/model' },
      });
    });

    it('refuse a commit or a status that does not exist', async () => {
      expect((await deploy('success', 'prod', '1'.repeat(40))).status).toBe(400);
      expect(await deploy('created')).toMatchObject({
        status: 400,
        body: { error: 'status does not have a valid value' },
      });
    });

    it('leave environments that can be deleted once they are stopped', async () => {
      const id = idOf(await gitlab.as('developer')('POST', `${PROJECT}/environments`, { name: 'review/1' }));
      expect(await gitlab.as('developer')('POST', `${PROJECT}/environments`, { name: 'review/1' })).toMatchObject({
        status: 400,
        body: { message: { name: ['has already been taken'] } },
      });
      expect((await gitlab.as('maintainer')('DELETE', `${PROJECT}/environments/${id}`)).status).toBe(403);
      expect((await gitlab.as('developer')('POST', `${PROJECT}/environments/${id}/stop`)).status).toBe(200);
      expect((await gitlab.as('maintainer')('DELETE', `${PROJECT}/environments/${id}`)).status).toBe(204);
    });
  });

  describe('issues', () => {
    it('are found by all labels and by text, and hide from outsiders when confidential', async () => {
      const call = gitlab.as('developer');
      const made = await call('POST', `${PROJECT}/issues`, {
        title: 'Drift in origin',
        labels: 'model-feedback,drift',
        confidential: true,
        description: 'run r-1',
      });
      expect(made).toMatchObject({
        status: 201,
        body: { iid: 1, labels: ['model-feedback', 'drift'], confidential: true, state: 'opened' },
      });
      await call('POST', `${PROJECT}/issues`, { title: 'Other', labels: ['model-feedback'] });
      const found = async (query: string) =>
        asList((await call('GET', `${PROJECT}/issues?${query}`)).body).map((issue) => issue.title);
      expect(await found('labels=model-feedback')).toEqual(['Other', 'Drift in origin']);
      expect(await found('labels=model-feedback,drift')).toEqual(['Drift in origin']);
      expect(await found('search=r-1&in=description&state=opened')).toEqual(['Drift in origin']);
      await gitlab.root('POST', `${PROJECT}/members`, { username: 'outsider', access_level: 10 });
      expect(
        asList((await gitlab.as('outsider')('GET', `${PROJECT}/issues`)).body).map((issue) => issue.title),
      ).toEqual(['Other']);
      expect((await gitlab.as('outsider')('GET', `${PROJECT}/issues/1`)).status).toBe(404);
      await gitlab.root('DELETE', `${PROJECT}/members/${gitlab.user('outsider').id}`);
      const told = await until('the issue hook', () =>
        receiver.received.find((one) => one.body.event_type === 'confidential_issue'),
      );
      expect(told.headers['x-gitlab-event']).toBe('Confidential Issue Hook');
    });

    it('close and reopen with a system note, take comments newest first, and refuse an empty change', async () => {
      const call = gitlab.as('developer');
      expect((await call('PUT', `${PROJECT}/issues/1`, { state_event: 'close' })).body).toMatchObject({
        state: 'closed',
        closed_by: { username: 'developer' },
      });
      expect(
        (await call('PUT', `${PROJECT}/issues/1`, { state_event: 'reopen', add_labels: 'later' })).body,
      ).toMatchObject({ state: 'opened', labels: ['model-feedback', 'drift', 'later'] });
      expect((await call('PUT', `${PROJECT}/issues/1`, {})).status).toBe(400);
      expect((await call('POST', `${PROJECT}/issues/1/notes`, { body: 'the report' })).status).toBe(201);
      const notes = asList((await call('GET', `${PROJECT}/issues/1/notes`)).body);
      expect(notes.map((note) => [note.body, note.system])).toEqual([
        ['the report', false],
        ['reopened', true],
        ['closed', true],
      ]);
    });
  });

  it('pages lists with the headers of GitLab', async () => {
    const page = await gitlab.as('reporter')('GET', `${PROJECT}/members/all?per_page=2&page=1`);
    expect(asList(page.body)).toHaveLength(2);
    expect(
      Object.fromEntries(
        ['x-total', 'x-total-pages', 'x-page', 'x-per-page', 'x-next-page'].map((name) => [
          name,
          page.headers.get(name),
        ]),
      ),
    ).toEqual({
      'x-total': '4',
      'x-total-pages': '2',
      'x-page': '1',
      'x-per-page': '2',
      'x-next-page': '2',
    });
    expect(page.headers.get('link')).toContain('rel="next"');
  });

  it('pages commits without counting them', async () => {
    const page = await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits?ref_name=main&per_page=1`);
    expect(['x-total', 'x-total-pages', 'x-page', 'x-next-page'].map((name) => page.headers.get(name))).toEqual([
      null,
      null,
      '1',
      '2',
    ]);
    const all = await gitlab.as('reporter')('GET', `${PROJECT}/repository/commits?ref_name=main&per_page=100`);
    expect([all.headers.get('x-next-page'), asList(all.body).length > 1]).toEqual(['', true]);
  });

  it('takes parameters from the query, from a form and from JSON', async () => {
    const { token } = gitlab.user('developer');
    const byQuery = await fetch(`${gitlab.url}/api/v4${PROJECT}/issues?title=query&labels=a,b`, {
      method: 'POST',
      headers: { 'private-token': token },
    });
    expect(await byQuery.json()).toMatchObject({ title: 'query', labels: ['a', 'b'] });
    const byForm = await fetch(`${gitlab.url}/api/v4${PROJECT}/issues`, {
      method: 'POST',
      headers: { 'private-token': token },
      body: new URLSearchParams([
        ['title', 'form'],
        ['labels[]', 'a'],
        ['confidential', 'true'],
      ]),
    });
    expect(await byForm.json()).toMatchObject({ title: 'form', labels: ['a'], confidential: true });
    const broken = await fetch(`${gitlab.url}/api/v4${PROJECT}/issues`, {
      method: 'POST',
      headers: { 'private-token': token, 'content-type': 'application/json' },
      body: '{',
    });
    expect(broken.status).toBe(400);
  });

  it('serves the official style of client, gitbeaker', async () => {
    const client = new Gitlab({ host: gitlab.url, token: gitlab.user('maintainer').token });
    expect(await client.Projects.show('ml/model')).toMatchObject({ path_with_namespace: 'ml/model' });
    const branch = await client.Branches.show('ml/model', 'main');
    expect(branch.protected).toBe(true);
    const issue = await client.Issues.create('ml/model', 'From gitbeaker', { labels: 'a,b', confidential: true });
    expect(issue).toMatchObject({ title: 'From gitbeaker', labels: ['a', 'b'] });
    const hook = await client.ProjectHooks.add('ml/model', 'http://127.0.0.1:9/hook', { pipelineEvents: true });
    expect(hook).toMatchObject({ pipeline_events: true });
    await client.ProjectHooks.remove('ml/model', hook.id);
    const status = await client.Commits.editStatus('ml/model', sha, 'success', { name: 'beaker', ref: 'main' });
    expect(status).toMatchObject({ status: 'success' });
  });
});
