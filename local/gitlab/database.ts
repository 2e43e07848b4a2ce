import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import * as rows from './rows.ts';

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
  users: Table<rows.User>;
  tokens: Table<rows.Token>;
  namespaces: Table<rows.Namespace>;
  projects: Table<rows.Project>;
  members: Table<rows.Member>;
  variables: Table<rows.Variable>;
  protectedBranches: Table<rows.ProtectedBranch>;
  applications: Table<rows.Application>;
  hooks: Table<rows.Hook>;
  deliveries: Table<rows.Delivery>;
  pushEvents: Table<rows.PushEvent>;
  pipelines: Table<rows.Pipeline>;
  builds: Table<rows.Build>;
  environments: Table<rows.Environment>;
  deployments: Table<rows.Deployment>;
  issues: Table<rows.Issue>;
  notes: Table<rows.Note>;
  mergeRequests: Table<rows.MergeRequest>;
  uploads: Table<rows.Upload>;
  labels: Table<rows.Label>;
  releases: Table<rows.Release>;
  commitComments: Table<rows.CommitComment>;
  triggerTokens: Table<rows.TriggerToken>;
}

export function openDatabase(folder: string): Database {
  const table = <Row extends { id: number }>(name: string, schema: z.ZodType<Row>) =>
    new Table(join(folder, name), schema);
  return {
    users: table('users', rows.User),
    tokens: table('tokens', rows.Token),
    namespaces: table('namespaces', rows.Namespace),
    projects: table('projects', rows.Project),
    members: table('members', rows.Member),
    variables: table('variables', rows.Variable),
    protectedBranches: table('protected-branches', rows.ProtectedBranch),
    applications: table('applications', rows.Application),
    hooks: table('hooks', rows.Hook),
    deliveries: table('deliveries', rows.Delivery),
    pushEvents: table('push-events', rows.PushEvent),
    pipelines: table('pipelines', rows.Pipeline),
    builds: table('builds', rows.Build),
    environments: table('environments', rows.Environment),
    deployments: table('deployments', rows.Deployment),
    issues: table('issues', rows.Issue),
    notes: table('notes', rows.Note),
    mergeRequests: table('merge-requests', rows.MergeRequest),
    uploads: table('uploads', rows.Upload),
    labels: table('labels', rows.Label),
    releases: table('releases', rows.Release),
    commitComments: table('commit-comments', rows.CommitComment),
    triggerTokens: table('trigger-tokens', rows.TriggerToken),
  };
}
