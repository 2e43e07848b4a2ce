import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { Deployment, Environment } from './rows/deployments.ts';
import { Delivery, Hook } from './rows/hooks.ts';
import { Issue, IssueLink, Label, LabelEvent, Note } from './rows/issues.ts';
import { Build } from './rows/jobs.ts';
import { Member, Namespace } from './rows/members.ts';
import { MergeRequest } from './rows/merge-requests.ts';
import { Pipeline, PushEvent, TriggerToken } from './rows/pipelines.ts';
import { CommitComment, Project, ProtectedBranch, Release, Upload, Variable } from './rows/projects.ts';
import { Application, Token, User } from './rows/users.ts';

class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

type WithoutId<Row> = Row extends unknown ? Omit<Row, 'id'> : never;

/** Writes a file whole or not at all. */
export function writeFileWhole(path: string, content: string): void {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

/**
 * Rows in memory, each one also a JSON file of its own. A write is on disk when the call returns, so a killed server
 * forgets nothing that it answered for.
 */
export class Table<Row extends { id: number }> {
  readonly #folder: string;
  readonly #schema: z.ZodType<Row>;
  readonly #rows = new Map<number, Row>();
  #lastId = 0;

  constructor(folder: string, schema: z.ZodType<Row>) {
    this.#folder = folder;
    this.#schema = schema;
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder)) {
      if (file === 'last-id') this.#lastId = Math.max(this.#lastId, Number(readFileSync(join(folder, file), 'utf8')));
      if (!file.endsWith('.json')) continue;
      const row = schema.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      if (!row.success) {
        throw new DatabaseError(
          `${join(folder, file)} does not hold a row of this version; remove the state folder to start afresh`,
        );
      }
      this.#rows.set(row.data.id, row.data);
      this.#lastId = Math.max(this.#lastId, row.data.id);
    }
  }

  /** Gives the row the next id, unless it brings its own. */
  insert(row: WithoutId<Row> & { id?: number | undefined }): Row {
    const id = row.id ?? this.#lastId + 1;
    this.#lastId = Math.max(this.#lastId, id);
    return this.#write(this.#schema.parse({ ...row, id }));
  }

  update(id: number, change: Partial<Row>): Row {
    return this.#write({ ...this.require(id), ...change });
  }

  remove(id: number): void {
    if (!this.#rows.delete(id)) return;
    writeFileWhole(join(this.#folder, 'last-id'), String(this.#lastId));
    rmSync(this.#path(id), { force: true });
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  require(id: number): Row {
    const row = this.#rows.get(id);
    if (!row) throw new DatabaseError(`${this.#folder} has no row ${id}`);
    return row;
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  filter(accept: (row: Row) => boolean): Row[] {
    return this.all().filter(accept);
  }

  find(accept: (row: Row) => boolean): Row | undefined {
    for (const row of this.#rows.values()) if (accept(row)) return row;
    return undefined;
  }

  #path(id: number): string {
    return join(this.#folder, `${id}.json`);
  }

  #write(row: Row): Row {
    this.#rows.set(row.id, row);
    writeFileWhole(this.#path(row.id), JSON.stringify(row));
    return row;
  }
}

export interface Database {
  users: Table<User>;
  tokens: Table<Token>;
  namespaces: Table<Namespace>;
  projects: Table<Project>;
  members: Table<Member>;
  variables: Table<Variable>;
  protectedBranches: Table<ProtectedBranch>;
  applications: Table<Application>;
  hooks: Table<Hook>;
  deliveries: Table<Delivery>;
  pushEvents: Table<PushEvent>;
  pipelines: Table<Pipeline>;
  builds: Table<Build>;
  environments: Table<Environment>;
  deployments: Table<Deployment>;
  issues: Table<Issue>;
  issueLinks: Table<IssueLink>;
  notes: Table<Note>;
  mergeRequests: Table<MergeRequest>;
  uploads: Table<Upload>;
  labels: Table<Label>;
  labelEvents: Table<LabelEvent>;
  releases: Table<Release>;
  commitComments: Table<CommitComment>;
  triggerTokens: Table<TriggerToken>;
}

export function openDatabase(folder: string): Database {
  const table = <Row extends { id: number }>(name: string, schema: z.ZodType<Row>) =>
    new Table(join(folder, name), schema);
  return {
    users: table('users', User),
    tokens: table('tokens', Token),
    namespaces: table('namespaces', Namespace),
    projects: table('projects', Project),
    members: table('members', Member),
    variables: table('variables', Variable),
    protectedBranches: table('protected-branches', ProtectedBranch),
    applications: table('applications', Application),
    hooks: table('hooks', Hook),
    deliveries: table('deliveries', Delivery),
    pushEvents: table('push-events', PushEvent),
    pipelines: table('pipelines', Pipeline),
    builds: table('builds', Build),
    environments: table('environments', Environment),
    deployments: table('deployments', Deployment),
    issues: table('issues', Issue),
    issueLinks: table('issue-links', IssueLink),
    notes: table('notes', Note),
    mergeRequests: table('merge-requests', MergeRequest),
    uploads: table('uploads', Upload),
    labels: table('labels', Label),
    labelEvents: table('label-events', LabelEvent),
    releases: table('releases', Release),
    commitComments: table('commit-comments', CommitComment),
    triggerTokens: table('trigger-tokens', TriggerToken),
  };
}
