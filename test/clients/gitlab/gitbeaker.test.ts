import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asObject,
  openReceiver,
  type Received,
  ROOT_TOKEN,
  type SeededGitlab,
  seedGitlab,
  until,
} from '../../integration/local-gitlab/seeded-gitlab.ts';

const CI_FILE = `
stages: [check, ship]
check:
  stage: check
  script: [echo "checked $WHAT"]
ship:
  stage: ship
  script: [exit 1]
`;

describe('gitbeaker', () => {
  let gitlab: SeededGitlab;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let api: InstanceType<typeof Gitlab>;
  let projectId: number;

  /** Deliveries of one kind so far, as their bodies. */
  const told = (event: string): Record<string, unknown>[] =>
    receiver.received.filter((one: Received) => one.headers['x-gitlab-event'] === event).map((one) => one.body);
  const attributes = (body: Record<string, unknown>) => asObject(body.object_attributes);

  beforeAll(async () => {
    [gitlab, receiver] = await Promise.all([seedGitlab(), openReceiver()]);
    api = new Gitlab({ host: gitlab.url, token: ROOT_TOKEN });
    const project = await api.Projects.create({
      name: 'Gitbeaker',
      path: 'gitbeaker',
      namespaceId: gitlab.groupId,
      initializeWithReadme: true,
    });
    projectId = project.id;
    await api.ProjectHooks.add(projectId, receiver.url, {
      pushEvents: true,
      tagPushEvents: true,
      pipelineEvents: true,
      jobEvents: true,
      mergeRequestsEvents: true,
      issuesEvents: true,
      noteEvents: true,
      deploymentEvents: true,
      releasesEvents: true,
      token: 'secret',
    });
  });

  afterAll(async () => {
    await gitlab.stop();
    await receiver.stop();
  });

  it('writes commits with actions, and hears of the push', async () => {
    const commit = await api.Commits.create(projectId, 'main', 'Add a model', [
      { action: 'create', filePath: 'model/train.py', content: 'print(1)\n' },
      { action: 'update', filePath: 'README.md', content: '# Model\n' },
    ]);
    expect(commit.stats).toMatchObject({ additions: 2 });
    const file = await api.RepositoryFiles.show('ml/gitbeaker', 'model/train.py', 'main');
    expect(Buffer.from(file.content, 'base64').toString()).toBe('print(1)\n');
    expect(await api.RepositoryFiles.showRaw(projectId, 'model/train.py', 'main')).toBe('print(1)\n');
    const push = await until('the push hook', () => told('Push Hook').find((body) => body.after === commit.id));
    expect(push).toMatchObject({
      object_kind: 'push',
      ref: 'refs/heads/main',
      user_username: 'root',
      total_commits_count: 1,
      commits: [{ id: commit.id, added: ['model/train.py'], modified: ['README.md'], removed: [] }],
    });
    await expect(api.RepositoryFiles.show(projectId, 'none.py', 'main')).rejects.toMatchObject({
      cause: { description: '404 File Not Found' },
    });
  });

  it('takes a merge request from opening to merging, and hears of every step', async () => {
    await api.Branches.create(projectId, 'feature/better', 'main');
    const request = await api.MergeRequests.create(projectId, 'feature/better', 'main', 'Better', {
      labels: 'ml,urgent',
    });
    const pushed = await api.Commits.create(projectId, 'feature/better', 'Improve', [
      { action: 'update', filePath: 'model/train.py', content: 'print(2)\n' },
    ]);
    await until('the update', () => told('Merge Request Hook').find((body) => attributes(body).oldrev !== undefined));
    expect(await api.MergeRequests.allDiffs(projectId, request.iid)).toMatchObject([{ new_path: 'model/train.py' }]);
    await api.MergeRequestNotes.create(projectId, request.iid, 'Looks good');
    await api.MergeRequestApprovals.approve(projectId, request.iid);
    await api.MergeRequests.edit(projectId, request.iid, { title: 'Much better' });
    await expect(api.MergeRequests.merge(projectId, request.iid, { sha: '0'.repeat(40) })).rejects.toThrow();
    const merged = await api.MergeRequests.merge(projectId, request.iid, { shouldRemoveSourceBranch: true });
    expect(merged).toMatchObject({ state: 'merged', merge_user: { username: 'root' } });
    const actions = await until('the merge hook', () => {
      const seen = told('Merge Request Hook').map((body) => attributes(body).action);
      return seen.includes('merge') ? seen : undefined;
    });
    expect([...new Set(actions)].sort()).toEqual(['approved', 'merge', 'open', 'update']);
    const last = told('Merge Request Hook').find((body) => attributes(body).action === 'merge');
    expect(last).toMatchObject({
      object_kind: 'merge_request',
      object_attributes: {
        iid: request.iid,
        state: 'merged',
        source_branch: 'feature/better',
        last_commit: { id: pushed.id },
        merge_commit_sha: merged.merge_commit_sha,
      },
      labels: [{ title: 'ml' }, { title: 'urgent' }],
      changes: { state_id: { previous: 1, current: 3 } },
    });
    expect(told('Note Hook')).toContainEqual(
      expect.objectContaining({ merge_request: expect.objectContaining({ iid: request.iid, title: 'Better' }) }),
    );
    await expect(api.Branches.show(projectId, 'feature/better')).rejects.toThrow();
  });

  it('runs pipelines whose jobs and deployments are told of', async () => {
    await api.ProjectVariables.create(projectId, 'WHAT', 'all');
    await api.Commits.create(projectId, 'main', 'Run it', [
      { action: 'create', filePath: '.gitlab-ci.yml', content: CI_FILE },
    ]);
    const pipeline = await until('the failed pipeline', async () => {
      const [newest] = await api.Pipelines.all(projectId, { source: 'push', status: 'failed', perPage: 5 });
      return newest;
    });
    const jobs = await api.Jobs.all(projectId, { pipelineId: pipeline.id });
    expect(jobs.map((job) => [job.name, job.status])).toEqual([
      ['ship', 'failed'],
      ['check', 'success'],
    ]);
    const log = await api.Jobs.showLog(projectId, jobs[1]?.id ?? 0);
    expect(log).toContain('checked all');
    const statuses = (name: string) =>
      told('Job Hook').flatMap((body) => (body.build_name === name ? [body.build_status] : []));
    await until('the job hooks', () => (statuses('ship').includes('failed') ? true : undefined));
    expect([...statuses('check')].sort()).toEqual(['created', 'pending', 'running', 'success']);
    expect(told('Job Hook').find((body) => body.build_status === 'failed')).toMatchObject({
      object_kind: 'build',
      build_failure_reason: 'script_failure',
      pipeline_id: pipeline.id,
      commit: { id: pipeline.id, sha: pipeline.sha },
      repository: { name: 'Gitbeaker' },
    });
    const deployment = await api.Deployments.create(projectId, 'production', pipeline.sha, 'main', false, {
      status: 'running',
    });
    await api.Deployments.edit(projectId, deployment.id, 'success');
    await until('the deployment hooks', () => (told('Deployment Hook').length === 2 ? true : undefined));
    expect(
      told('Deployment Hook')
        .map((body) => body.status)
        .sort(),
    ).toEqual(['running', 'success']);
    const status = await api.Commits.editStatus(projectId, pipeline.sha, 'success', { name: 'gate', ref: 'main' });
    expect(status).toMatchObject({ name: 'gate', status: 'success' });
  });

  it('tags, releases, and comments on issues', async () => {
    await api.Tags.create(projectId, 'v1', 'main', { message: 'One' });
    await api.ProjectReleases.create(projectId, { tagName: 'v1', name: 'One', description: 'First' });
    const issue = await api.Issues.create(projectId, 'Drift', { labels: 'drift' });
    await api.IssueNotes.create(projectId, issue.iid, 'Seen');
    await api.Issues.edit(projectId, issue.iid, { stateEvent: 'close' });
    await until('the last hook', () => told('Issue Hook').find((body) => attributes(body).action === 'close'));
    expect(told('Tag Push Hook')).toMatchObject([{ ref: 'refs/tags/v1', message: 'One' }]);
    expect(told('Release Hook')).toMatchObject([{ tag: 'v1', action: 'create', object_kind: 'release' }]);
    expect(
      told('Issue Hook')
        .map((body) => attributes(body).action)
        .sort(),
    ).toEqual(['close', 'open']);
    expect(await api.Issues.all({ projectId, state: 'closed', labels: 'drift' })).toMatchObject([{ iid: issue.iid }]);
  });

  it('pages by keyset and by number', async () => {
    for (const name of ['a', 'b', 'c']) await api.Branches.create(projectId, `page-${name}`, 'main');
    const byKey = await api.Branches.all(projectId, { pagination: 'keyset', perPage: 2, search: 'page-' });
    expect(byKey.map((branch) => branch.name)).toEqual(['page-a', 'page-b', 'page-c']);
    const { paginationInfo } = await api.Branches.all(projectId, {
      perPage: 2,
      page: 1,
      maxPages: 1,
      search: 'page-',
      showExpanded: true,
    });
    expect(paginationInfo).toMatchObject({ total: 3, totalPages: 2, next: 2, perPage: 2 });
  });
});
