import { afterAll, describe } from '@jest/globals';
import { gitlabClient } from '../../shared/adapters/gitlab/client.ts';
import { gitlabCommitStatuses } from '../../shared/adapters/gitlab/commit-statuses.ts';
import { gitlabDeployments } from '../../shared/adapters/gitlab/deployments.ts';
import { gitlabIssueThreads } from '../../shared/adapters/gitlab/issue-threads.ts';
import { gitlabIssues } from '../../shared/adapters/gitlab/issues.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { gitlabSourceRepository } from '../../shared/adapters/gitlab/source-repository.ts';
import { gitlabContract } from '../contract/suites/gitlab.ts';
import { asList, asObject, ROOT_TOKEN, type SeededGitlab, seedGitlab, until } from './local-gitlab/seeded-gitlab.ts';

const CI_FILE = 'package:\n  script: [echo packaged]\n';
let seeded: SeededGitlab | undefined;

afterAll(async () => {
  await seeded?.stop();
});

describe('the adapters of GitLab over the stand-in', () => {
  gitlabContract(async () => {
    seeded = await seedGitlab();
    const { url, projectId, root, user, as, workingCopy } = seeded;
    const developer = { id: user('developer').id, username: 'developer', email: 'developer@example.com' };
    const copy = workingCopy('developer');
    copy.write({ 'a.txt': 'one' });
    const first = copy.commit('First');
    await root('POST', `/projects/${projectId}/protected_branches`, { name: 'main', push_access_level: 30 });
    await copy.git('push', '-q', '-o', 'ci.skip', 'origin', 'main');
    copy.write({ 'dir/ü b.txt': 'two', '.gitlab-ci.yml': CI_FILE });
    const second = copy.commit('Second');
    await copy.git('push', '-q', 'origin', 'main');
    const pipeline = await until('the pipeline', async () => {
      const found = asList((await root('GET', `/projects/${projectId}/pipelines?sha=${second}`)).body);
      return found.find(({ status }) => status === 'success');
    });
    const client = gitlabClient({ gitlabUrl: url, token: async () => user('maintainer').token });
    const maintainer = as('maintainer');
    return {
      repository: gitlabSourceRepository(client),
      statuses: gitlabCommitStatuses(client),
      issues: gitlabIssues(client),
      threads: gitlabIssueThreads(client),
      sayAsDeveloper: async (iid, body) => {
        const written = await as('developer')('POST', `/projects/${projectId}/issues/${iid}/notes`, { body });
        return Number(asObject(written.body).id);
      },
      deployments: gitlabDeployments(client),
      // Only an administrator's token sees addresses that aren't public.
      memberships: gitlabMemberships(gitlabClient({ gitlabUrl: url, token: async () => ROOT_TOKEN })),
      projectId,
      first,
      second,
      pipelineId: Number(pipeline.id),
      developer,
      outsiderId: user('outsider').id,
      statusesOf: async (commit) => {
        const { body } = await maintainer(
          'GET',
          `/projects/${projectId}/repository/commits/${commit}/statuses?all=true`,
        );
        return asList(body).map(({ name, status, description }) => ({
          name: String(name),
          state: String(status),
          description: String(description),
        }));
      },
      issuesOf: async () => {
        const { body } = await maintainer('GET', `/projects/${projectId}/issues`);
        return asList(body).map(({ title, confidential }) => ({
          title: String(title),
          confidential: confidential === true,
        }));
      },
      deploymentStatus: async (id) =>
        String(asObject((await maintainer('GET', `/projects/${projectId}/deployments/${id}`)).body).status),
    };
  });
});
