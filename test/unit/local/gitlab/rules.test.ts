import { describe, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import * as z from 'zod';
import { canSeeIssue } from '../../../../local/gitlab/access.ts';
import { closedIssues } from '../../../../local/gitlab/close-issues.ts';
import { environmentSlug, guessTier } from '../../../../local/gitlab/environment-slug.ts';
import { diffRefs } from '../../../../local/gitlab/git/detect-pushes.ts';
import { fillTemplate } from '../../../../local/gitlab/hooks/fill-template.ts';
import { matchesWildcard } from '../../../../local/gitlab/match-pattern.ts';
import { ApiError } from '../../../../local/gitlab/rest/api-error.ts';
import { refusedChange } from '../../../../local/gitlab/rest/deployments.ts';
import { meanCoverage } from '../../../../local/gitlab/rest/present.ts';
import { flag, integer, list, readParameters, text } from '../../../../local/gitlab/rest/read-parameters.ts';
import { refusedTransition } from '../../../../local/gitlab/rest/statuses.ts';
import { GitlabSettingsError, readSettings } from '../../../../local/gitlab/settings.ts';

it('sees what moved between two listings of refs', () => {
  const zero = '0'.repeat(40);
  expect(
    diffRefs(
      { 'refs/heads/a': '1', 'refs/heads/b': '2', 'refs/heads/c': '3' },
      { 'refs/heads/a': '1', 'refs/heads/b': '4', 'refs/tags/v': '5' },
    ),
  ).toEqual([
    { ref: 'refs/heads/b', before: '2', after: '4' },
    { ref: 'refs/heads/c', before: '3', after: zero },
    { ref: 'refs/tags/v', before: zero, after: '5' },
  ]);
});

it('covers what its jobs cover on average', () => {
  expect(meanCoverage([{ coverage: 81.5 }, { coverage: null }, { coverage: 50 }])).toBe('65.75');
  expect(meanCoverage([{ coverage: null }])).toBeNull();
});

it('moves a commit status forward only', () => {
  expect(refusedTransition('created', 'running')).toBeUndefined();
  expect(refusedTransition('pending', 'running')).toBeUndefined();
  expect(refusedTransition('running', 'success')).toBeUndefined();
  expect(refusedTransition('running', 'running')).toContain('Cannot transition status via :run from :running');
  expect(refusedTransition('pending', 'pending')).toContain('Cannot transition status via :enqueue from :pending');
  expect(refusedTransition('running', 'pending')).toContain('via :enqueue from :running');
  expect(refusedTransition('running', 'skipped')).toContain('via :skip from :running');
});

it('lets a deployment fail after a success and never run again', () => {
  expect(refusedChange('success', 'failed')).toBeUndefined();
  expect(refusedChange('created', 'running')).toBeUndefined();
  expect(refusedChange('success', 'running')).toBe('cannot transition via "run"');
  expect(refusedChange('success', 'success')).toBe('cannot transition via "succeed"');
});

it('guesses tiers and makes slugs of environment names', () => {
  expect(['prod', 'qa', 'dev', 'staging', 'elsewhere'].map(guessTier)).toEqual([
    'production',
    'testing',
    'development',
    'staging',
    'other',
  ]);
  expect(['production', 'review/fix-foo', '1-foo', 'foo-', 'staging-12345678901234567'].map(environmentSlug)).toEqual([
    'production',
    expect.stringMatching(/^review-fix-foo-[a-z0-9]{6}$/),
    expect.stringMatching(/^env-1-foo-[a-z0-9]{6}$/),
    'foo',
    expect.stringMatching(/^staging-123456789-[a-z0-9]{6}$/),
  ]);
});

it('reads which issues a text closes', () => {
  expect(closedIssues('Closes #4, #6 and fixes: issue #7; see #8')).toEqual([4, 6, 7]);
  expect(closedIssues('Resolved issues #1 and #2. Implementing #3')).toEqual([1, 2, 3]);
  expect(closedIssues('enclose #9, prefix #10, closes the door')).toEqual([]);
});

it('fills a webhook template with what the event says', () => {
  const body = JSON.stringify({ object_kind: 'push', project: { name: 'a "b"' }, commits: [{ id: 'c1' }], count: 2 });
  expect(
    fillTemplate('{"k":"{{object_kind}}","n":"{{project.name}}","c":"{{commits.0.id}}","x":{{count}}}', body),
  ).toBe('{"k":"push","n":"a \\"b\\"","c":"c1","x":2}');
  expect(fillTemplate('[{{no.such}}]', body)).toBe('[]');
});

it('matches wildcards literally but for the star', () => {
  expect(matchesWildcard('release/*', 'release/1.0')).toBe(true);
  expect(matchesWildcard('a.c', 'abc')).toBe(false);
});

it('shows a confidential issue to reporters, its author and its assignees', () => {
  const person = (id: number) => ({
    id,
    username: 'u',
    name: 'U',
    email: 'e',
    public_email: '',
    state: 'active' as const,
    is_admin: false,
    created_at: '',
  });
  const issue = {
    id: 1,
    iid: 1,
    project_id: 1,
    author_id: 7,
    title: '',
    description: null,
    state: 'opened' as const,
    labels: [],
    assignee_ids: [8],
    confidential: true,
    due_date: null,
    created_at: '',
    updated_at: '',
    closed_at: null,
    closed_by_id: null,
  };
  expect([7, 8, 9].map((id) => canSeeIssue(issue, person(id), 10))).toEqual([true, true, false]);
  expect(canSeeIssue(issue, person(9), 20)).toBe(true);
  expect(canSeeIssue(issue, undefined, 0)).toBe(false);
});

describe('parameters', () => {
  const Schema = z.object({
    title: text,
    labels: list.optional(),
    confidential: flag.optional(),
    user_id: integer.optional(),
    state: z.enum(['open', 'closed']).optional(),
  });
  const app = new Hono();
  app.onError((error, c) =>
    error instanceof ApiError ? c.json(error.body, error.status) : c.text(String(error), 500),
  );
  app.post('/', async (c) => c.json(await readParameters(c, Schema)));
  const post = async (query: string, body?: object) => {
    const response = await app.request(`/${query}`, {
      method: 'POST',
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    return response.json();
  };

  it('are read alike from query and JSON', async () => {
    expect(await post('?title=x&labels[]=a&labels[]=b&confidential=true&user_id=7')).toEqual({
      title: 'x',
      labels: ['a', 'b'],
      confidential: true,
      user_id: 7,
    });
    expect(await post('', { title: 'x', labels: 'a, b', confidential: false, user_id: '7' })).toEqual({
      title: 'x',
      labels: ['a', 'b'],
      confidential: false,
      user_id: 7,
    });
  });

  it('are refused with the words of GitLab', async () => {
    expect(await post('')).toEqual({ error: 'title is missing' });
    expect(await post('?title=x&state=odd')).toEqual({ error: 'state does not have a valid value' });
    expect(await post('?title=x&user_id=seven')).toEqual({ error: 'user_id is invalid' });
  });

  it('do not reach the prototype', async () => {
    await post('?title=x&__proto__[polluted]=1');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('settings', () => {
  it('are read from the environment', () => {
    const config = readSettings({
      STATE_DIR: '/tmp/x',
      PORT: '0',
      EXTERNAL_URL: 'http://127.0.0.1:9/',
      CI_ENV: '{"A":"1"}',
    });
    expect(config).toMatchObject({ stateDir: '/tmp/x', port: 0, externalUrl: 'http://127.0.0.1:9', ciEnv: { A: '1' } });
  });

  it('say what is wrong in a sentence', () => {
    expect(() => readSettings({})).toThrow(GitlabSettingsError);
    expect(() => readSettings({ STATE_DIR: '/tmp/x', CI_ENV: '{' })).toThrow('CI_ENV is not the JSON it should be');
    expect(() => readSettings({ STATE_DIR: '/tmp/x', PORT: 'many' })).toThrow('PORT is not a number');
  });
});
