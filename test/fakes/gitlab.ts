import type { ChangedCommit } from '../../shared/domain/review.ts';
import type { GitlabUser } from '../../shared/domain/run.ts';
import type {
  CommitStatuses,
  GitlabDeployments,
  Issues,
  Memberships,
  SourceRepository,
} from '../../shared/ports/gitlab.ts';

type Pipeline = NonNullable<Awaited<ReturnType<SourceRepository['pipeline']>>>;
type Job = Awaited<ReturnType<SourceRepository['jobs']>>[number];
type MergeRequest = Awaited<ReturnType<SourceRepository['mergeRequestsOf']>>[number];
type Comparison = Awaited<ReturnType<SourceRepository['compare']>>;

export type FakeRepositoryContent = {
  /** Files by commit and path. */
  files?: Record<string, Record<string, string | Uint8Array>>;
  /** Commits oldest first: `compare` and `commit` read them. */
  commits?: ChangedCommit[];
  pipelines?: Pipeline[];
  jobs?: Record<number, Job[]>;
  mergeRequests?: Record<string, MergeRequest[]>;
};

/** One project's repository; the project id is not looked at. */
export function fakeSourceRepository(content: FakeRepositoryContent = {}): SourceRepository {
  const commits = content.commits ?? [];
  return {
    async readFile(_projectId, path, commit, maxBytes) {
      const file = content.files?.[commit]?.[path];
      if (file === undefined) return undefined;
      const bytes = new Uint8Array(typeof file === 'string' ? Buffer.from(file) : file);
      return bytes.length > maxBytes ? 'too-large' : bytes;
    },
    async compare(_projectId, from, to): Promise<Comparison> {
      const first = commits.findIndex(({ sha }) => sha === from) + 1;
      const last = commits.findIndex(({ sha }) => sha === to) + 1;
      return {
        commits: commits.slice(first, last),
        changedPaths: [],
        webUrl: `https://gitlab.example.com/compare/${from}...${to}`,
      };
    },
    async history(_projectId, commit) {
      return commits.slice(0, commits.findIndex(({ sha }) => sha === commit) + 1);
    },
    async commit(_projectId, sha) {
      return commits.find((commit) => commit.sha === sha);
    },
    async mergeRequestsOf(_projectId, commit) {
      return content.mergeRequests?.[commit] ?? [];
    },
    async pipeline(_projectId, pipelineId) {
      return content.pipelines?.find(({ id }) => id === pipelineId);
    },
    async jobs(_projectId, pipelineId) {
      return content.jobs?.[pipelineId] ?? [];
    },
  };
}

type StatusSet = { projectId: number; commit: string } & Parameters<CommitStatuses['set']>[2];
export type FakeCommitStatuses = CommitStatuses & {
  set: CommitStatuses['set'];
  all: StatusSet[];
  latest: (commit: string) => StatusSet | undefined;
};

export function fakeCommitStatuses(): FakeCommitStatuses {
  const all: StatusSet[] = [];
  const latest = (commit: string) => all.findLast((status) => status.commit === commit);
  return {
    all,
    latest,
    async set(projectId, commit, status) {
      const former = latest(commit);
      if (former?.state === status.state && former.description === status.description) return;
      all.push({ projectId, commit, ...status });
    },
  };
}

type OpenedIssue = { projectId: number; webUrl: string } & Parameters<Issues['openOnce']>[1];
export type FakeIssues = Issues & { opened: OpenedIssue[] };

export function fakeIssues(): FakeIssues {
  const opened: OpenedIssue[] = [];
  return {
    opened,
    async openOnce(projectId, issue) {
      const existing = opened.find((known) => known.projectId === projectId && known.marker === issue.marker);
      if (existing !== undefined) return { webUrl: existing.webUrl, created: false };
      const webUrl = `https://gitlab.example.com/ml/flight-delays/-/issues/${opened.length + 1}`;
      opened.push({ projectId, webUrl, ...issue });
      return { webUrl, created: true };
    },
  };
}

type StartedDeployment = { id: number; projectId: number; status: string } & Parameters<GitlabDeployments['start']>[1];
export type FakeGitlabDeployments = GitlabDeployments & { all: StartedDeployment[] };

export function fakeGitlabDeployments(): FakeGitlabDeployments {
  const all: StartedDeployment[] = [];
  return {
    all,
    async start(projectId, deployment) {
      const open = all.find(
        (known) =>
          known.projectId === projectId &&
          known.environment === deployment.environment &&
          known.sha === deployment.sha &&
          known.status === 'running',
      );
      if (open !== undefined) return { id: open.id };
      const started = { id: all.length + 1, projectId, status: 'running', ...deployment };
      all.push(started);
      return { id: started.id };
    },
    async finish(_projectId, deploymentId, status) {
      const deployment = all.find(({ id }) => id === deploymentId);
      if (deployment !== undefined) deployment.status = status;
    },
  };
}

export type FakeMemberships = Memberships & {
  users: (GitlabUser & { email?: string })[];
  groups: Record<string, Record<number, number>>;
  projects: Record<number, Record<number, number>>;
};

/** Access levels by group or project, and user id; change the records in a test to remove somebody. */
export function fakeMemberships(
  known: Partial<Pick<FakeMemberships, 'users' | 'groups' | 'projects'>> = {},
): FakeMemberships {
  const users = known.users ?? [];
  const groups = known.groups ?? {};
  const projects = known.projects ?? {};
  const asUser = ({ id, username, name }: GitlabUser): GitlabUser => ({ id, username, name });
  const found = (user: GitlabUser | undefined) => (user === undefined ? undefined : asUser(user));
  return {
    users,
    groups,
    projects,
    inGroup: async (group, userId) => groups[group]?.[userId],
    inProject: async (projectId, userId) => projects[projectId]?.[userId],
    userByEmail: async (email) => found(users.find((user) => user.email?.toLowerCase() === email.toLowerCase())),
    user: async (userId) => found(users.find(({ id }) => id === userId)),
  };
}
