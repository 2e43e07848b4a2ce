import { describe } from '@jest/globals';
import {
  fakeCommitStatuses,
  fakeGitlabDeployments,
  fakeIssues,
  fakeIssueThreads,
  fakeMemberships,
  fakeSourceRepository,
} from '../fakes/gitlab.ts';
import { gitlabContract } from './suites/gitlab.ts';

describe('the fakes of GitLab', () => {
  gitlabContract(async () => {
    const [first, second] = ['1'.repeat(40), '2'.repeat(40)];
    const developer = { id: 3, username: 'developer', name: 'The developer', email: 'developer@example.com' };
    const author = { authorName: 'The developer', authorEmail: developer.email, url: '' };
    const statuses = fakeCommitStatuses();
    const issues = fakeIssues();
    const threads = fakeIssueThreads();
    threads.gone.add(999_999);
    const deployments = fakeGitlabDeployments();
    return {
      repository: fakeSourceRepository({
        files: { [first]: { 'a.txt': 'one' }, [second]: { 'a.txt': 'one', 'dir/ü b.txt': 'two' } },
        commits: [
          { sha: first, title: 'First', ...author },
          { sha: second, title: 'Second', ...author },
        ],
        pipelines: [
          {
            id: 5,
            sha: second,
            ref: 'main',
            status: 'success',
            source: 'push',
            webUrl: '',
            user: developer,
            protectedRef: true,
          },
        ],
        jobs: { 5: [{ name: 'package', status: 'success' }] },
      }),
      statuses,
      issues,
      threads,
      sayAsDeveloper: async (iid, body) => threads.say(iid, developer, body, '2026-11-23T12:00:00.000Z'),
      deployments,
      memberships: fakeMemberships({ users: [developer], projects: { 17: { 3: 30 } } }),
      projectId: 17,
      first,
      second,
      pipelineId: 5,
      developer,
      outsiderId: 4,
      statusesOf: async (commit) =>
        statuses.all.filter((status) => status.commit === commit).map((status) => ({ name: 'mlops', ...status })),
      issuesOf: async () => issues.opened.map(({ title }) => ({ title, confidential: true })),
      deploymentStatus: async (id) => deployments.all.find((deployment) => deployment.id === id)?.status,
    };
  });
});
