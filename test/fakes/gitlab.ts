import type { ChangedCommit } from '../../shared/domain/review.ts';
import type { GitlabUser } from '../../shared/domain/run.ts';
import type {
  CommitStatuses,
  GitlabDeployments,
  Identities,
  Issues,
  IssueThreads,
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

type OpenedIssue = { projectId: number; iid: number; webUrl: string } & Parameters<Issues['openOnce']>[1];
export type FakeIssues = Issues & { opened: OpenedIssue[] };

export function fakeIssues(): FakeIssues {
  const opened: OpenedIssue[] = [];
  return {
    opened,
    async openOnce(projectId, issue) {
      const existing = opened.find((known) => known.projectId === projectId && known.marker === issue.marker);
      if (existing !== undefined) return { iid: existing.iid, webUrl: existing.webUrl, created: false };
      const iid = opened.length + 1;
      const webUrl = `https://gitlab.example.com/ml/flight-delays/-/issues/${iid}`;
      opened.push({ projectId, iid, webUrl, ...issue });
      return { iid, webUrl, created: true };
    },
  };
}

type FakeNote = { id: number; iid: number; body: string; author: GitlabUser; createdAt: string; isSystem: boolean };
export type FakeIssueThreads = IssueThreads & {
  notes: FakeNote[];
  closed: Map<number, GitlabUser>;
  gone: Set<number>;
  attached: string[];
  /** A person's note, close or reopening. */
  say: (iid: number, author: GitlabUser, body: string, createdAt: string) => number;
  closeAs: (iid: number, user: GitlabUser) => void;
  reopen: (iid: number) => void;
};

export const BOT: GitlabUser = { id: 99, username: 'mlops-bot', name: 'MLOps' };

/** Issues of one project; every iid that is not `gone` exists. */
export function fakeIssueThreads(): FakeIssueThreads {
  const notes: FakeNote[] = [];
  const closed = new Map<number, GitlabUser>();
  const gone = new Set<number>();
  const attached: string[] = [];
  const add = (iid: number, author: GitlabUser, body: string, createdAt: string) => {
    notes.push({ id: notes.length + 1, iid, body, author, createdAt, isSystem: false });
    return notes.length;
  };
  return {
    notes,
    closed,
    gone,
    attached,
    say: add,
    closeAs: (iid, user) => {
      closed.set(iid, user);
    },
    reopen: (iid) => {
      closed.delete(iid);
    },
    async find(_projectId, iid) {
      if (gone.has(iid)) return undefined;
      const closedBy = closed.get(iid);
      return closedBy === undefined ? { state: 'opened' } : { state: 'closed', closedBy };
    },
    async noteOnce(_projectId, iid, { marker, body }) {
      if (gone.has(iid)) return 'gone';
      if (notes.some((note) => note.iid === iid && note.author.id === BOT.id && note.body.includes(marker)))
        return 'there';
      add(iid, BOT, `${body}\n\n<!-- ${marker} -->`, new Date(0).toISOString());
      return 'written';
    },
    async note(_projectId, iid, noteId) {
      return notes.find((note) => note.iid === iid && note.id === noteId);
    },
    async close(_projectId, iid) {
      if (!closed.has(iid)) closed.set(iid, BOT);
    },
    async attach(_projectId, { name }) {
      attached.push(name);
      return `[${name}](/uploads/${attached.length}/${name})`;
    },
    self: async () => BOT,
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

/** Users by their token. */
export function fakeIdentities(users: Readonly<Record<string, GitlabUser>> = {}): Identities {
  return { ofToken: async (token) => users[token] };
}
