import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CommitStatuses,
  DEVELOPER,
  type GitlabDeployments,
  type Issues,
  type IssueThreads,
  type Memberships,
  type SourceRepository,
} from '../../../shared/ports/gitlab.ts';
import { anyId } from './any-names.ts';

/** A project with two commits on `main`: the first adds `a.txt` ("one"), the second adds `dir/ü b.txt` ("two"). */
type GitlabUnderTest = {
  repository: SourceRepository;
  statuses: CommitStatuses;
  issues: Issues;
  threads: IssueThreads;
  /** Writes a note as the developer and gives its id; reopens an issue as the developer. */
  sayAsDeveloper: (iid: number, body: string) => Promise<number>;
  deployments: GitlabDeployments;
  memberships: Memberships;
  projectId: number;
  first: string;
  second: string;
  /** A successful pipeline of the second commit, with a successful job `package`. */
  pipelineId: number;
  /** A Developer of the project, and somebody who is no member. */
  developer: { id: number; username: string; email: string };
  outsiderId: number;
  statusesOf: (commit: string) => Promise<{ name: string; state: string; description: string }[]>;
  issuesOf: () => Promise<{ title: string; confidential: boolean }[]>;
  deploymentStatus: (id: number) => Promise<string | undefined>;
};

/** What every adapter of GitLab does. */
export function gitlabContract(make: () => Promise<GitlabUnderTest>) {
  let gitlab: GitlabUnderTest;

  beforeAll(async () => {
    gitlab = await make();
  });

  const textOf = (bytes: Uint8Array | undefined | 'too-large') =>
    typeof bytes === 'string' || bytes === undefined ? bytes : Buffer.from(bytes).toString('utf8');

  describe('the repository', () => {
    const read = (path: string, commit: string, maxBytes = 100) =>
      gitlab.repository.readFile(gitlab.projectId, path, commit, maxBytes).then(textOf);

    it('gives a file as it is at a commit', async () => {
      expect(await read('a.txt', gitlab.first)).toBe('one');
      expect(await read('dir/ü b.txt', gitlab.second)).toBe('two');
      expect(await read('dir/ü b.txt', gitlab.first)).toBeUndefined();
    });

    it('holds no more of a file than the caller can take', async () => {
      expect(await read('a.txt', gitlab.first, 2)).toBe('too-large');
      expect(await read('a.txt', gitlab.first, 3)).toBe('one');
    });

    it('describes a commit, and knows none that was never made', async () => {
      const { projectId, first, repository } = gitlab;
      expect(await repository.commit(projectId, first)).toMatchObject({
        sha: first,
        title: 'First',
        authorEmail: 'developer@example.com',
      });
      expect(await repository.commit(projectId, 'e'.repeat(40))).toBeUndefined();
    });

    it('lists the commits between two, and the whole history, oldest first', async () => {
      const { projectId, first, second, repository } = gitlab;
      expect((await repository.compare(projectId, first, second)).commits.map(({ sha }) => sha)).toEqual([second]);
      expect((await repository.history(projectId, second)).map(({ sha }) => sha)).toEqual([first, second]);
    });

    it('knows no merge request of a commit that was pushed', async () => {
      expect(await gitlab.repository.mergeRequestsOf(gitlab.projectId, gitlab.first)).toEqual([]);
    });

    it('describes a pipeline with its jobs', async () => {
      const { projectId, pipelineId, second, repository, developer } = gitlab;
      expect(await repository.pipeline(projectId, pipelineId)).toMatchObject({
        id: pipelineId,
        sha: second,
        ref: 'main',
        status: 'success',
        source: 'push',
        protectedRef: true,
        user: { id: developer.id },
      });
      expect(await repository.jobs(projectId, pipelineId)).toEqual([{ name: 'package', status: 'success' }]);
      expect(await repository.pipeline(projectId, 999_999)).toBeUndefined();
    });
  });

  describe('the commit status', () => {
    const set = (state: 'running' | 'failed' | 'success', description: string) =>
      gitlab.statuses.set(gitlab.projectId, gitlab.second, {
        state,
        description,
        targetUrl: 'https://mlops.example.com/runs/1',
        ref: 'main',
        pipelineId: gitlab.pipelineId,
      });
    const ours = async () => (await gitlab.statusesOf(gitlab.second)).filter(({ name }) => name === 'mlops');

    it('runs, stays so when it is set again, and ends', async () => {
      await set('running', 'Training begins.');
      await set('running', 'Training begins.');
      expect(await ours()).toMatchObject([{ state: 'running', description: 'Training begins.' }]);
      await set('failed', 'mlops.yaml:3: …');
      expect(await ours()).toContainEqual(expect.objectContaining({ state: 'failed' }));
    });
  });

  describe('issues', () => {
    it('opens one confidential issue per marker and finds it again', async () => {
      const issue = {
        marker: `mlops-run-${anyId()}`,
        title: `Run ${anyId()}`,
        description: 'The gate failed.',
        labels: ['model-feedback'],
      };
      const opened = await gitlab.issues.openOnce(gitlab.projectId, issue);
      expect(opened.created).toBe(true);
      expect(await gitlab.issues.openOnce(gitlab.projectId, issue)).toEqual({ ...opened, created: false });
      const other = await gitlab.issues.openOnce(gitlab.projectId, { ...issue, marker: `mlops-run-${anyId()}` });
      expect(other.webUrl).not.toBe(opened.webUrl);
      expect((await gitlab.issuesOf()).filter(({ title }) => title === issue.title)).toEqual([
        expect.objectContaining({ confidential: true }),
        expect.objectContaining({ confidential: true }),
      ]);
    });
  });

  describe('what is said under an issue', () => {
    const open = async () => {
      const issue = { marker: `mlops-case-${anyId()}`, title: `Case ${anyId()}`, description: 'Drift.', labels: [] };
      return (await gitlab.issues.openOnce(gitlab.projectId, issue)).iid;
    };

    it('is written once per marker', async () => {
      const iid = await open();
      const note = { marker: `mlops-note-${anyId()}`, body: 'It goes on.' };
      expect(await gitlab.threads.noteOnce(gitlab.projectId, iid, note)).toBe('written');
      expect(await gitlab.threads.noteOnce(gitlab.projectId, iid, note)).toBe('there');
      const other = { ...note, marker: `mlops-note-${anyId()}` };
      expect(await gitlab.threads.noteOnce(gitlab.projectId, iid, other)).toBe('written');
    });

    it('is not believed to be ours where somebody else wrote the marker', async () => {
      const iid = await open();
      const marker = `mlops-note-${anyId()}`;
      await gitlab.sayAsDeveloper(iid, `<!-- ${marker} -->`);
      expect(await gitlab.threads.noteOnce(gitlab.projectId, iid, { marker, body: 'Really.' })).toBe('written');
    });

    it('is read with its author', async () => {
      const iid = await open();
      const noteId = await gitlab.sayAsDeveloper(iid, '/mlops snooze 3d');
      const note = await gitlab.threads.note(gitlab.projectId, iid, noteId);
      expect(note).toMatchObject({ body: '/mlops snooze 3d', author: { id: gitlab.developer.id }, isSystem: false });
      expect(Date.parse(note?.createdAt ?? '')).not.toBeNaN();
      expect(await gitlab.threads.note(gitlab.projectId, iid, 999_999)).toBeUndefined();
    });

    it('ends with the issue, which may be closed twice, by us', async () => {
      const iid = await open();
      expect(await gitlab.threads.find(gitlab.projectId, iid)).toMatchObject({ state: 'opened' });
      await gitlab.threads.close(gitlab.projectId, iid);
      await gitlab.threads.close(gitlab.projectId, iid);
      const { id } = await gitlab.threads.self();
      expect(await gitlab.threads.find(gitlab.projectId, iid)).toMatchObject({ state: 'closed', closedBy: { id } });
    });

    it('is no failure where the issue is gone', async () => {
      const note = { marker: 'mlops-note', body: 'Anybody?' };
      expect(await gitlab.threads.noteOnce(gitlab.projectId, 999_999, note)).toBe('gone');
      expect(await gitlab.threads.find(gitlab.projectId, 999_999)).toBeUndefined();
      await expect(gitlab.threads.close(gitlab.projectId, 999_999)).resolves.toBeUndefined();
    });

    it('may link to a file that was uploaded', async () => {
      const bytes = new TextEncoder().encode('<!doctype html>');
      const file = { name: 'report.html', contentType: 'text/html', bytes };
      expect(await gitlab.threads.attach(gitlab.projectId, file)).toMatch(/^\[report\.html\]\(.*\/report\.html\)$/);
    });
  });

  describe('deployments', () => {
    it('starts one deployment of a commit per environment, and ends it, twice if need be', async () => {
      const { deployments, projectId, second } = gitlab;
      const start = (environment: string) =>
        deployments.start(projectId, { environment, tier: 'testing', sha: second, ref: 'main' });
      const { id } = await start('qa');
      expect(await start('qa')).toEqual({ id });
      expect((await start('dev')).id).not.toBe(id);
      expect(await gitlab.deploymentStatus(id)).toBe('running');
      await deployments.finish(projectId, id, 'success');
      await deployments.finish(projectId, id, 'success');
      expect(await gitlab.deploymentStatus(id)).toBe('success');
    });
  });

  describe('memberships', () => {
    it('gives a member’s level, and none to somebody else', async () => {
      const { memberships, projectId, developer, outsiderId } = gitlab;
      expect(await memberships.inProject(projectId, developer.id)).toBe(DEVELOPER);
      expect(await memberships.inProject(projectId, outsiderId)).toBeUndefined();
      expect(await memberships.inGroup('ml', outsiderId)).toBeUndefined();
      expect(await memberships.inGroup('no-such-group', developer.id)).toBeUndefined();
    });

    it('finds a user by id and by confirmed address', async () => {
      const { memberships, developer } = gitlab;
      expect(await memberships.user(developer.id)).toMatchObject({ id: developer.id, username: developer.username });
      expect(await memberships.user(999_999)).toBeUndefined();
      expect(await memberships.userByEmail(developer.email.toUpperCase())).toMatchObject({ id: developer.id });
      expect(await memberships.userByEmail('nobody@example.com')).toBeUndefined();
    });
  });
}
