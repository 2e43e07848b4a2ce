import type { ChangedCommit } from '../domain/review.ts';
import type { GitlabUser } from '../domain/run.ts';

/** @throws everywhere: ServiceUnavailable, PermissionRefused, ContractBroken; missing things are `undefined` where said. */
export type SourceRepository = {
  /** Bytes of one file at a commit, `undefined` when the commit has no such file. */
  readFile(
    projectId: number,
    path: string,
    commit: string,
    maxBytes: number,
  ): Promise<Uint8Array | undefined | 'too-large'>;
  /** Commits reachable from `to` and not from `from`, oldest first. */
  compare(
    projectId: number,
    from: string,
    to: string,
  ): Promise<{ commits: ChangedCommit[]; changedPaths: string[]; webUrl: string }>;
  /** Every commit reachable from `commit`, oldest first. @throws ContractBroken above 2,000 */
  history(projectId: number, commit: string): Promise<ChangedCommit[]>;
  commit(projectId: number, sha: string): Promise<ChangedCommit | undefined>;
  /** Merge requests that brought the commit in. */
  mergeRequestsOf(
    projectId: number,
    commit: string,
  ): Promise<{ iid: number; webUrl: string; author: GitlabUser; mergedBy?: GitlabUser }[]>;
  pipeline(
    projectId: number,
    pipelineId: number,
  ): Promise<
    | {
        id: number;
        sha: string;
        ref: string;
        status: string;
        source: string;
        webUrl: string;
        user: GitlabUser;
        protectedRef: boolean;
      }
    | undefined
  >;
  jobs(projectId: number, pipelineId: number): Promise<{ name: string; status: string }[]>;
};

export type CommitStatuses = {
  /** Sets the status `mlops` of the commit. Setting what is already set changes nothing. Description at most 255 characters. */
  set(
    projectId: number,
    commit: string,
    status: {
      state: 'pending' | 'running' | 'success' | 'failed' | 'canceled';
      description: string;
      targetUrl: string;
      ref: string;
      pipelineId: number;
    },
  ): Promise<void>;
};

export type Issues = {
  /** Opens one confidential issue per `marker` (an opaque text in its description), or finds the one that exists. */
  openOnce(
    projectId: number,
    issue: { marker: string; title: string; description: string; labels: readonly string[] },
  ): Promise<{ iid: number; webUrl: string; created: boolean }>;
};

/** What is said under an issue, and how it ends. An issue that is gone (deleted, moved) is no failure. */
export type IssueThreads = {
  find(
    projectId: number,
    iid: number,
  ): Promise<{ state: 'opened' | 'closed'; closedBy?: GitlabUser; closedAt?: string } | undefined>;
  /** Writes one note per `marker` (an opaque text in it) among the newest hundred notes. */
  noteOnce(
    projectId: number,
    iid: number,
    note: { marker: string; body: string },
  ): Promise<'written' | 'there' | 'gone'>;
  note(
    projectId: number,
    iid: number,
    noteId: number,
  ): Promise<{ body: string; author: GitlabUser; createdAt: string; isSystem: boolean } | undefined>;
  /** Closing what is closed changes nothing. */
  close(projectId: number, iid: number): Promise<void>;
  /** Uploads a file to the project and gives the Markdown that links to it. */
  attach(projectId: number, file: { name: string; contentType: string; bytes: Uint8Array }): Promise<string>;
  /** Who the control plane is to GitLab. */
  self(): Promise<GitlabUser>;
};

export type GitlabDeployments = {
  /** Creates a deployment with status `created`/`running`, making the environment if need be; finds the open one of the same commit. */
  start(
    projectId: number,
    deployment: { environment: string; tier: string; sha: string; ref: string },
  ): Promise<{ id: number }>;
  finish(projectId: number, deploymentId: number, status: 'success' | 'failed' | 'canceled'): Promise<void>;
};

export type AccessLevel = number;

export type Memberships = {
  /** Access level of an active member, inherited ones included; `undefined` for none. Asked with the control plane's own token. */
  inGroup(group: string, userId: number): Promise<AccessLevel | undefined>;
  inProject(projectId: number, userId: number): Promise<AccessLevel | undefined>;
  /** The user with this confirmed e-mail address, if GitLab can tell. */
  userByEmail(email: string): Promise<GitlabUser | undefined>;
  user(userId: number): Promise<GitlabUser | undefined>;
};

/** Who a token of GitLab belongs to. The token is used for this one question and kept nowhere. */
export type Identities = {
  /** `undefined` for a token that GitLab refuses. @throws ServiceUnavailable */
  ofToken(token: string): Promise<GitlabUser | undefined>;
};

export const REPORTER = 20;
export const DEVELOPER = 30;
export const MAINTAINER = 40;
