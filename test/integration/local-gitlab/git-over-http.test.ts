import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asList, idOf, type SeededGitlab, seedGitlab } from './seeded-gitlab.ts';

describe('git over HTTP', () => {
  let gitlab: SeededGitlab;

  beforeAll(async () => {
    gitlab = await seedGitlab();
    const copy = gitlab.workingCopy('maintainer');
    copy.write({ 'a.txt': 'a' });
    copy.commit('First');
    await copy.git('push', '-q', 'origin', 'main');
  });

  afterAll(() => gitlab.stop());

  it('asks for credentials, and knows no project for outsiders', async () => {
    const address = `${gitlab.url}/ml/model.git/info/refs?service=git-upload-pack`;
    const anonymous = await fetch(address);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="GitLab"']);
    const outsider = await fetch(address, {
      headers: { authorization: `Basic ${btoa(`x:${gitlab.user('outsider').token}`)}` },
    });
    expect(outsider.status).toBe(404);
  });

  it('lets reporters clone and not push', async () => {
    const copy = gitlab.workingCopy('reporter');
    await copy.git('fetch', '-q', 'origin', 'main');
    await copy.git('checkout', '-q', '-b', 'mine', 'origin/main');
    copy.commit('Not allowed');
    await expect(copy.git('push', 'origin', 'mine')).rejects.toThrow('403');
  });

  it('keeps developers from the protected default branch, and lets them push branches and tags', async () => {
    const copy = gitlab.workingCopy('developer');
    await copy.git('fetch', '-q', 'origin', 'main');
    await copy.git('checkout', '-q', '-b', 'feature/one', 'origin/main');
    copy.commit('A feature');
    await expect(copy.git('push', 'origin', 'feature/one:main')).rejects.toThrow(
      'not allowed to push code to protected branches',
    );
    await copy.git('tag', '-a', 'v1', '-m', 'one');
    await copy.git('push', '-q', 'origin', 'feature/one', 'v1');
    const branches = asList((await gitlab.as('reporter')('GET', '/projects/ml%2Fmodel/repository/branches')).body);
    expect(branches.map((branch) => [branch.name, branch.protected])).toEqual([
      ['feature/one', false],
      ['main', true],
    ]);
    const tags = asList((await gitlab.as('reporter')('GET', '/projects/ml%2Fmodel/repository/tags')).body);
    expect(tags).toMatchObject([{ name: 'v1', commit: { id: copy.head() } }]);
  });

  it('takes a force push to a branch and refuses it on a protected one', async () => {
    const copy = gitlab.workingCopy('maintainer');
    await copy.git('fetch', '-q', 'origin', 'feature/one', 'main');
    await copy.git('checkout', '-q', '--orphan', 'fresh');
    const fresh = copy.commit('Another beginning');
    await copy.git('push', '-q', '--force', 'origin', 'fresh:feature/one');
    await expect(copy.git('push', '--force', 'origin', 'fresh:main')).rejects.toThrow('not allowed to force push');
    const branch = await gitlab.as('reporter')('GET', '/projects/ml%2Fmodel/repository/branches/feature%2Fone');
    expect(branch.body).toMatchObject({ commit: { id: fresh } });
  });

  it('takes a push of several megabytes', async () => {
    const copy = gitlab.workingCopy('maintainer');
    const { randomBytes } = await import('node:crypto');
    copy.write({ 'big.hex': randomBytes(2_000_000).toString('hex') });
    copy.commit('Big');
    await copy.git('push', '-q', 'origin', 'HEAD:refs/heads/big');
    const found = await gitlab.as('reporter')('GET', '/projects/ml%2Fmodel/repository/files/big.hex?ref=big');
    expect(found.body).toMatchObject({ size: 4_000_000 });
  });

  it('shows a renamed project whole, and nothing of a deleted one in another of its name', async () => {
    const { root } = gitlab;
    const make = () => root('POST', '/projects', { path: 'short-lived', namespace_id: gitlab.groupId });
    const id = idOf(await make());
    await root('POST', `/projects/${id}/members`, { user_id: gitlab.user('maintainer').id, access_level: 40 });
    const copy = gitlab.workingCopy('maintainer', 'ml/short-lived');
    copy.write({ 'a.txt': 'a' });
    const sha = copy.commit('First');
    await copy.git('push', '-q', 'origin', 'main');
    await gitlab.world().runner.pushesTaken();
    const file = (project: string | number) =>
      root('GET', `/projects/${project}/repository/files/a.txt/raw?ref=${sha}`);
    expect((await file(id)).body).toBe('a');
    await root('PUT', `/projects/${id}`, { path: 'renamed' });
    expect((await file('ml%2Frenamed')).body).toBe('a');
    await root('PUT', `/projects/${id}`, { path: 'short-lived' });
    expect((await file(id)).body).toBe('a');
    await root('DELETE', `/projects/${id}`);
    const other = idOf(await make());
    expect((await file(other)).status).toBe(404);
    expect((await root('GET', `/projects/${other}/repository/commits/${sha}`)).status).toBe(404);
    await root('DELETE', `/projects/${other}`);
  });
});
