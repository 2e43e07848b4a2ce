import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { type Database, openDatabase } from '../../../../local/gitlab/database.ts';
import { acceptsBranch } from '../../../../local/gitlab/hooks/accepts-branch.ts';
import { redact } from '../../../../local/gitlab/hooks/deliver.ts';
import { afterFailure, alertStatus } from '../../../../local/gitlab/hooks/disable-hook.ts';
import { deploymentPayload } from '../../../../local/gitlab/hooks/payload-deployment.ts';
import { issuePayload } from '../../../../local/gitlab/hooks/payload-issue.ts';
import { pipelinePayload } from '../../../../local/gitlab/hooks/payload-pipeline.ts';
import { isSigningToken, signDelivery } from '../../../../local/gitlab/hooks/sign.ts';
import type { Hook } from '../../../../local/gitlab/rows/hooks.ts';

const AT = '2026-11-01T10:00:00.000Z';
const SHA = 'a'.repeat(40);

describe('signing', () => {
  const token = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

  it('verifies with the Standard Webhooks library, and not when a byte changed', () => {
    const now = Math.floor(Date.now() / 1000);
    const headers = {
      'webhook-id': 'id-1',
      'webhook-timestamp': String(now),
      'webhook-signature': signDelivery(token, 'id-1', now, '{"a":1}'),
    };
    expect(new Webhook(token).verify('{"a":1}', headers)).toEqual({ a: 1 });
    expect(() => new Webhook(token).verify('{"a":2}', headers)).toThrow();
  });

  it('takes tokens of exactly 32 bytes', () => {
    expect(isSigningToken(token)).toBe(true);
    expect(isSigningToken(`whsec_${Buffer.alloc(31).toString('base64')}`)).toBe(false);
    expect(isSigningToken('secret')).toBe(false);
  });
});

it('hears of the branches that its filter names, and of none when that cannot be read', () => {
  const hears = (push_events_branch_filter: string, branch_filter_strategy: Hook['branch_filter_strategy']) =>
    acceptsBranch({ push_events_branch_filter, branch_filter_strategy }, 'feature/one');
  expect([hears('feature/*', 'wildcard'), hears('main', 'wildcard')]).toEqual([true, false]);
  expect([hears('^feat', 'regex'), hears('^main', 'regex'), hears('*-stable', 'regex')]).toEqual([true, false, false]);
  expect(hears('main', 'all_branches')).toBe(true);
});

it('logs deliveries without what its secret headers said', () => {
  const sent = { 'X-Key': 'secret', 'User-Agent': 'GitLab', 'X-Gitlab-Token': 'token' };
  const custom_headers = [
    { key: 'X-Key', value: 'secret' },
    { key: 'User-Agent', value: 'mine' },
  ];
  expect(redact(sent, { custom_headers })).toEqual({
    'X-Key': '[REDACTED]',
    'User-Agent': 'GitLab',
    'X-Gitlab-Token': '[REDACTED]',
  });
});

describe('a hook that fails', () => {
  const now = new Date(AT);
  const fresh: Hook = {
    id: 1,
    project_id: 1,
    url: 'http://127.0.0.1/',
    name: null,
    description: null,
    token: null,
    signing_token: null,
    enable_ssl_verification: true,
    push_events_branch_filter: null,
    custom_headers: [],
    events: {},
    created_at: AT,
    recent_failures: 0,
    backoff_count: 0,
    disabled_until: null,
  };
  const failing = (times: number) => {
    let hook = fresh;
    for (let i = 0; i < times; i += 1) hook = { ...hook, ...afterFailure(hook, now) };
    return hook;
  };
  const pauseMinutes = (hook: Hook) => (Date.parse(hook.disabled_until ?? AT) - now.getTime()) / 60_000;

  it('is paused from the fourth failure on, twice as long each time up to a day, and ends at the fortieth', () => {
    expect(alertStatus(failing(3), now)).toBe('executable');
    expect([4, 5, 6, 30].map((times) => pauseMinutes(failing(times)))).toEqual([1, 2, 4, 1440]);
    expect(alertStatus(failing(4), now)).toBe('temporarily_disabled');
    expect(alertStatus(failing(4), new Date(now.getTime() + 61_000))).toBe('executable');
    expect(alertStatus(failing(40), new Date(now.getTime() + 1e9))).toBe('disabled');
  });
});

describe('payloads', () => {
  const url = 'http://127.0.0.1:8081';
  let folder: string;
  let db: Database;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gitlab-db-'));
    db = openDatabase(folder);
    db.users.insert({
      username: 'ada',
      name: 'Ada',
      email: 'ada@example.com',
      public_email: '',
      state: 'active',
      is_admin: false,
      created_at: AT,
    });
    db.namespaces.insert({
      kind: 'group',
      name: 'ML',
      path: 'ml',
      full_path: 'ml',
      parent_id: null,
      owner_id: null,
      description: '',
      visibility: 'private',
      created_at: AT,
    });
    db.projects.insert({
      namespace_id: 1,
      name: 'model',
      path: 'model',
      path_with_namespace: 'ml/model',
      description: null,
      visibility: 'private',
      default_branch: 'main',
      ci_config_path: null,
      creator_id: 1,
      created_at: AT,
      last_activity_at: AT,
      known_refs: {},
      pushing_user_id: null,
      archived: false,
      settings: {},
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('of a pipeline hold every field of the documented shape', () => {
    const pipeline = db.pipelines.insert({
      iid: 1,
      project_id: 1,
      user_id: 1,
      name: null,
      ref: 'main',
      tag: false,
      sha: SHA,
      before_sha: '0'.repeat(40),
      source: 'push',
      status: 'success',
      stages: ['test'],
      protected_ref: true,
      variables: [{ key: 'K', value: 'V' }],
      yaml_errors: null,
      created_at: AT,
      updated_at: AT,
      started_at: '2026-11-01T10:00:02.000Z',
      finished_at: '2026-11-01T10:01:05.000Z',
    });
    const payload = pipelinePayload({ url, db }, pipeline, null);
    expect(Object.keys(payload)).toEqual([
      'object_kind',
      'object_attributes',
      'merge_request',
      'user',
      'project',
      'commit',
      'builds',
    ]);
    expect(payload.object_attributes).toEqual({
      id: 1,
      iid: 1,
      name: null,
      ref: 'main',
      tag: false,
      sha: SHA,
      before_sha: '0'.repeat(40),
      source: 'push',
      status: 'success',
      detailed_status: 'passed',
      stages: ['test'],
      created_at: '2026-11-01 10:00:00 UTC',
      finished_at: '2026-11-01 10:01:05 UTC',
      duration: 63,
      queued_duration: 2,
      protected_ref: true,
      variables: [{ key: 'K', value: 'V' }],
      url: `${url}/ml/model/-/pipelines/1`,
    });
    expect(payload.user).toEqual({ id: 1, name: 'Ada', username: 'ada', avatar_url: null, email: '[REDACTED]' });
    expect(Object.keys(payload.project)).toEqual([
      'id',
      'name',
      'description',
      'web_url',
      'avatar_url',
      'git_ssh_url',
      'git_http_url',
      'namespace',
      'visibility_level',
      'path_with_namespace',
      'default_branch',
      'ci_config_path',
    ]);
  });

  it('of a deployment are flat, with a short SHA and no job for one that the API made', () => {
    db.environments.insert({
      project_id: 1,
      name: 'prod',
      slug: 'prod',
      external_url: null,
      description: null,
      tier: 'production',
      state: 'available',
      created_at: AT,
      updated_at: AT,
    });
    const deployment = db.deployments.insert({
      iid: 1,
      project_id: 1,
      environment_id: 1,
      user_id: 1,
      ref: 'main',
      tag: false,
      sha: SHA,
      status: 'running',
      build_id: null,
      created_at: AT,
      updated_at: AT,
      finished_at: null,
    });
    expect(deploymentPayload({ url, db }, deployment, undefined)).toMatchObject({
      object_kind: 'deployment',
      status: 'running',
      status_changed_at: '2026-11-01 10:00:00 UTC',
      deployment_id: 1,
      deployable_id: null,
      deployable_url: null,
      environment: 'prod',
      environment_tier: 'production',
      environment_slug: 'prod',
      short_sha: 'aaaaaaaa',
      commit_url: `${url}/ml/model/-/commit/${SHA}`,
    });
  });

  it('of a confidential issue say so', () => {
    const issue = db.issues.insert({
      iid: 4,
      project_id: 1,
      author_id: 1,
      title: 'T',
      description: null,
      state: 'opened',
      labels: ['x'],
      assignee_ids: [],
      confidential: true,
      due_date: null,
      created_at: AT,
      updated_at: AT,
      closed_at: null,
      closed_by_id: null,
    });
    expect(issuePayload({ url, db }, issue, db.users.require(1), 'open')).toMatchObject({
      object_kind: 'issue',
      event_type: 'confidential_issue',
      object_attributes: { iid: 4, action: 'open', url: `${url}/ml/model/-/issues/4` },
      labels: [{ title: 'x' }],
    });
  });

  it('survive in the database over a new opening, and ids are not given twice', () => {
    const second = db.users.insert({ ...db.users.require(1), id: undefined, username: 'eve' });
    db.users.remove(second.id);
    const reopened = openDatabase(folder);
    expect(reopened.users.all().map((user) => user.username)).toEqual(['ada']);
    expect(reopened.users.insert({ ...db.users.require(1), id: undefined, username: 'bob' }).id).toBe(3);
  });
});
