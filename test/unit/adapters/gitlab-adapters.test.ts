import { afterEach, describe, expect, it } from '@jest/globals';
import { gitlabClient } from '../../../shared/adapters/gitlab/client.ts';
import { gitlabCommitStatuses } from '../../../shared/adapters/gitlab/commit-statuses.ts';
import { gitlabDeployments } from '../../../shared/adapters/gitlab/deployments.ts';
import { gitlabIdentities } from '../../../shared/adapters/gitlab/identities.ts';
import { gitlabIssues } from '../../../shared/adapters/gitlab/issues.ts';
import { gitlabMemberships } from '../../../shared/adapters/gitlab/memberships.ts';
import { gitlabSourceRepository } from '../../../shared/adapters/gitlab/source-repository.ts';
import { ContractBroken, PermissionRefused } from '../../../shared/domain/faults.ts';
import { COMMIT } from '../../fakes/sample-records.ts';
import { type Recorded, type Reply, startGitlabServer } from './gitlab-server.ts';

let stop: (() => Promise<void>) | undefined;

afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function connect(reply: (request: Recorded, before: number) => Reply) {
  const server = await startGitlabServer(reply);
  stop = server.stop;
  const client = gitlabClient({ gitlabUrl: server.url, token: async () => 'token', wait: async () => undefined });
  return { client, requests: server.requests };
}

const user = { id: 4, username: 'steward-1', name: 'Stefanie Steward', avatar_url: null, state: 'active' };

describe('the commit status', () => {
  const status = {
    state: 'running' as const,
    description: 'd'.repeat(400),
    targetUrl: 'https://mlops.example.com/runs/1',
    ref: 'main',
    pipelineId: 31,
  };

  it('names the pipeline, so that GitLab makes none of its own', async () => {
    const { client, requests } = await connect(() => ({ status: 201, body: {} }));
    await gitlabCommitStatuses(client).set(17, COMMIT, status);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: `/api/v4/projects/17/statuses/${COMMIT}`,
      body: { state: 'running', name: 'mlops', ref: 'main', pipeline_id: 31, target_url: status.targetUrl },
    });
    expect(requests[0]?.body).toMatchObject({ description: 'd'.repeat(255) });
  });

  it('is set already when GitLab can’t transition it', async () => {
    const { client } = await connect(() => ({
      status: 400,
      body: { message: 'Cannot transition status via :run from :running' },
    }));
    await expect(gitlabCommitStatuses(client).set(17, COMMIT, status)).resolves.toBeUndefined();
  });

  it('is refused with GitLab’s words otherwise', async () => {
    const { client } = await connect(() => ({ status: 400, body: { message: { target_url: ['is blocked'] } } }));
    await expect(gitlabCommitStatuses(client).set(17, COMMIT, status)).rejects.toThrow('target_url is blocked');
  });
});

describe('issues', () => {
  const issue = { marker: 'mlops-run-1', title: 'Run 1', description: 'Why.', labels: ['model-feedback', 'bug'] };

  it('opens a confidential issue that carries its marker', async () => {
    const { client, requests } = await connect(({ method }) =>
      method === 'GET' ? { body: [] } : { status: 201, body: { iid: 3, web_url: 'https://gitlab/issues/3' } },
    );
    expect(await gitlabIssues(client).openOnce(17, issue)).toEqual({
      iid: 3,
      webUrl: 'https://gitlab/issues/3',
      created: true,
    });
    expect(requests[0]?.query).toMatchObject({ search: 'mlops-run-1', scope: 'created_by_me', state: 'all' });
    expect(requests[1]?.body).toMatchObject({ confidential: true, labels: 'model-feedback,bug', title: 'Run 1' });
    expect(JSON.stringify(requests[1]?.body)).toContain('mlops-run-1');
  });

  it('finds the one that exists', async () => {
    const { client, requests } = await connect(() => ({
      body: [
        { iid: 1, web_url: 'https://gitlab/issues/1', description: 'mlops run something else' },
        { iid: 2, web_url: 'https://gitlab/issues/2', description: 'x <!-- mlops-run-1 -->' },
      ],
    }));
    expect(await gitlabIssues(client).openOnce(17, issue)).toEqual({
      iid: 2,
      webUrl: 'https://gitlab/issues/2',
      created: false,
    });
    expect(requests).toHaveLength(1);
  });
});

describe('deployments', () => {
  const deployment = { environment: 'prod', tier: 'production', sha: COMMIT, ref: 'main' };

  it('makes the environment with its tier, then the deployment', async () => {
    const { client, requests } = await connect(({ method, path }) => {
      if (method === 'GET') return { body: [] };
      return path.endsWith('/environments')
        ? { status: 201, body: { id: 1, name: 'prod' } }
        : { status: 201, body: { id: 9, sha: COMMIT, status: 'running' } };
    });
    expect(await gitlabDeployments(client).start(17, deployment)).toEqual({ id: 9 });
    const posts = requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(posts).toEqual([
      { name: 'prod', tier: 'production' },
      { environment: 'prod', sha: COMMIT, ref: 'main', tag: false, status: 'running' },
    ]);
  });

  it('finds the open one of the same commit', async () => {
    const { client, requests } = await connect(({ path }) =>
      path.endsWith('/environments')
        ? { body: [{ id: 1, name: 'prod' }] }
        : { body: [{ id: 8, sha: COMMIT, status: 'running' }] },
    );
    expect(await gitlabDeployments(client).start(17, deployment)).toEqual({ id: 8 });
    expect(requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('is ended already when GitLab can’t transition it', async () => {
    const { client, requests } = await connect(() => ({
      status: 400,
      body: { message: { status: ['cannot transition via "succeed"'] } },
    }));
    await gitlabDeployments(client).finish(17, 9, 'success');
    expect(requests[0]).toMatchObject({
      method: 'PUT',
      path: '/api/v4/projects/17/deployments/9',
      body: { status: 'success' },
    });
  });

  it('says what GitLab refused otherwise', async () => {
    const { client } = await connect(() => ({ status: 400, body: { error: 'status does not have a valid value' } }));
    await expect(gitlabDeployments(client).finish(17, 9, 'success')).rejects.toThrow(ContractBroken);
  });
});

describe('memberships', () => {
  it('gives the level of an active member, inherited ones included', async () => {
    const { client, requests } = await connect(() => ({
      body: { ...user, access_level: 30, membership_state: 'active' },
    }));
    expect(await gitlabMemberships(client).inGroup('ml/stewards', 4)).toBe(30);
    expect(requests[0]?.path).toBe('/api/v4/groups/ml%2Fstewards/members/all/4');
  });

  it.each([
    { ...user, access_level: 30, state: 'blocked' },
    { ...user, access_level: 30, membership_state: 'awaiting' },
  ])('does not count a member who is not active: %o', async (member) => {
    const { client } = await connect(() => ({ body: member }));
    expect(await gitlabMemberships(client).inProject(17, 4)).toBeUndefined();
  });

  it('gives nothing for somebody who is no member', async () => {
    const { client } = await connect(() => ({ status: 404, body: { message: '404 Not found' } }));
    expect(await gitlabMemberships(client).inProject(17, 4)).toBeUndefined();
  });

  it('resolves an address to the user whose address it is', async () => {
    const { client } = await connect(() => ({
      body: [
        { ...user, id: 9, name: 'dana@example.com' },
        { ...user, id: 2, public_email: 'Dana@Example.com', confirmed_at: '2026-01-01T00:00:00Z' },
      ],
    }));
    expect(await gitlabMemberships(client).userByEmail('dana@example.com')).toEqual({
      id: 2,
      username: 'steward-1',
      name: 'Stefanie Steward',
    });
  });

  it('resolves nothing where the address is only somebody’s name, belongs to two, or is unconfirmed', async () => {
    const answers = [
      [{ ...user, name: 'dana@example.com' }],
      [
        { ...user, email: 'dana@example.com' },
        { ...user, id: 5, email: 'dana@example.com' },
      ],
      [{ ...user, email: 'dana@example.com', confirmed_at: null }],
    ];
    const { client } = await connect((_request, before) => ({ body: answers[before] }));
    for (const _ of answers) expect(await gitlabMemberships(client).userByEmail('dana@example.com')).toBeUndefined();
  });
});

describe('the repository', () => {
  it('reads a file at a commit', async () => {
    const { client, requests } = await connect(() => ({ body: 'model: x' }));
    const bytes = await gitlabSourceRepository(client).readFile(17, 'conf/mlops.yaml', COMMIT, 100);
    expect(Buffer.from(bytes ?? '').toString()).toBe('model: x');
    expect(requests[0]).toMatchObject({
      path: '/api/v4/projects/17/repository/files/conf%2Fmlops.yaml/raw',
      query: { ref: COMMIT },
    });
  });

  it('tells a file that is missing from a project that is hidden', async () => {
    const words = ['404 File Not Found', '404 Project Not Found'];
    const { client } = await connect((_request, before) => ({ status: 404, body: { message: words[before] } }));
    const repository = gitlabSourceRepository(client);
    expect(await repository.readFile(17, 'mlops.yaml', COMMIT, 100)).toBeUndefined();
    await expect(repository.readFile(17, 'mlops.yaml', COMMIT, 100)).rejects.toThrow(PermissionRefused);
  });

  it('describes a pipeline and whether its ref is protected', async () => {
    const { client, requests } = await connect(({ path }) =>
      path.includes('/branches/')
        ? { body: { name: 'release/1', protected: true } }
        : {
            body: {
              id: 31,
              sha: COMMIT,
              ref: 'release/1',
              status: 'success',
              source: 'push',
              web_url: 'https://gitlab/p/31',
              user,
            },
          },
    );
    expect(await gitlabSourceRepository(client).pipeline(17, 31)).toEqual({
      id: 31,
      sha: COMMIT,
      ref: 'release/1',
      status: 'success',
      source: 'push',
      webUrl: 'https://gitlab/p/31',
      user: { id: 4, username: 'steward-1', name: 'Stefanie Steward' },
      protectedRef: true,
    });
    expect(requests[1]?.path).toBe('/api/v4/projects/17/repository/branches/release%2F1');
  });

  it('takes a branch that is gone for unprotected', async () => {
    const { client } = await connect(({ path }) =>
      path.includes('/branches/')
        ? { status: 404, body: { message: '404 Branch Not Found' } }
        : {
            body: {
              id: 31,
              sha: COMMIT,
              ref: 'main',
              status: 'success',
              source: 'push',
              web_url: 'https://gitlab/p/31',
              user,
            },
          },
    );
    expect(await gitlabSourceRepository(client).pipeline(17, 31)).toMatchObject({ protectedRef: false });
  });

  it('names author and merger of the merge requests that brought a commit in', async () => {
    const { client } = await connect(() => ({
      body: [
        { iid: 1, web_url: 'https://gitlab/mr/1', author: user, merge_user: { ...user, id: 5 }, merged_by: null },
        { iid: 2, web_url: 'https://gitlab/mr/2', author: user, merge_user: null },
      ],
    }));
    expect(await gitlabSourceRepository(client).mergeRequestsOf(17, COMMIT)).toMatchObject([
      { iid: 1, author: { id: 4 }, mergedBy: { id: 5 } },
      { iid: 2, author: { id: 4 } },
    ]);
  });

  it('gives the history oldest first', async () => {
    const commit = (title: string) => ({
      id: COMMIT,
      title,
      author_name: 'Dana',
      author_email: 'dana@example.com',
      web_url: 'https://gitlab/c',
    });
    const { client } = await connect(() => ({ body: [commit('newest'), commit('oldest')] }));
    expect((await gitlabSourceRepository(client).history(17, COMMIT)).map(({ title }) => title)).toEqual([
      'oldest',
      'newest',
    ]);
  });
});

describe('who a token belongs to', () => {
  it('is asked from GitLab with that token', async () => {
    const server = await startGitlabServer(() => ({ body: user }));
    stop = server.stop;
    const found = await gitlabIdentities({ gitlabUrl: server.url }).ofToken('glpat-0123456789');
    expect(found).toEqual({ id: 4, username: 'steward-1', name: 'Stefanie Steward' });
    expect(server.requests).toMatchObject([
      { method: 'GET', path: '/api/v4/user', headers: { 'private-token': 'glpat-0123456789' } },
    ]);
  });

  it.each([401, 403])('is nobody where GitLab answers %i', async (status) => {
    const server = await startGitlabServer(() => ({ status, body: { message: 'no' } }));
    stop = server.stop;
    expect(await gitlabIdentities({ gitlabUrl: server.url }).ofToken('glpat-0123456789')).toBeUndefined();
  });

  it('is not asked of what can be no token, which an error would quote', async () => {
    const server = await startGitlabServer(() => ({ body: user }));
    stop = server.stop;
    for (const text of ['', 'short', 'with space in it', 'a\nb-0123456789', 'ü0123456789', 'x'.repeat(2000)])
      expect(await gitlabIdentities({ gitlabUrl: server.url }).ofToken(text)).toBeUndefined();
    expect(server.requests).toEqual([]);
  });
});
