import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { endedByFailure, endedByNewCommit, isRedundant } from '../../../../local/gitlab/ci/auto-cancel.ts';
import { checkJob } from '../../../../local/gitlab/ci/check-jobs.ts';
import { readDefaults, withDefaults } from '../../../../local/gitlab/ci/default-keywords.ts';
import { isLetIn } from '../../../../local/gitlab/ci/only-except.ts';
import { RawJobSchema, readJob } from '../../../../local/gitlab/ci/read-job.ts';
import { wantsNewTry } from '../../../../local/gitlab/ci/wants-new-try.ts';
import { applyWorkflow, readWorkflow } from '../../../../local/gitlab/ci/workflow.ts';
import { Build, type RunStatus } from '../../../../local/gitlab/rows/jobs.ts';
import { Pipeline } from '../../../../local/gitlab/rows/pipelines.ts';

const TIME = '2026-11-01T10:00:00.000Z';

const build = (id: number, status: RunStatus, body: object = {}, change: Partial<Build> = {}): Build =>
  Build.parse({
    ...{ id, kind: 'job', project_id: 1, pipeline_id: 1, user_id: 1, name: `job-${id}`, stage: 'test', status },
    ...{ ref: 'main', sha: 'a'.repeat(40), allow_failure: false, created_at: TIME, queued_at: null, started_at: null },
    ...{ finished_at: null, retried: false, failure_reason: null, exit_code: null, target_url: null, dotenv: {} },
    ...{ description: null, coverage: null, artifacts_bytes: null },
    definition: readJob(
      'job',
      'job',
      RawJobSchema.parse({ script: 'true', ...body }),
      { when: 'on_success', allow_failure: false },
      undefined,
    ),
    ...change,
  });

const pipeline = (id: number, sha: string, change: Partial<Pipeline> = {}): Pipeline =>
  Pipeline.parse({
    ...{ id, iid: id, project_id: 1, user_id: 1, name: null, ref: 'main', tag: false, sha, before_sha: sha },
    ...{ source: 'push', status: 'running', stages: ['test'], protected_ref: true, variables: [], yaml_errors: null },
    ...{ created_at: TIME, updated_at: TIME, started_at: null, finished_at: null },
    ...change,
  });

const MAY_BE_INTERRUPTED = { interruptible: true };
const ids = (builds: Build[]) => builds.map(({ id }) => id);

describe('a newer commit', () => {
  it('makes older pipelines of its ref redundant, but not those of the same commit or of what the ref points at', () => {
    const newer = pipeline(5, 'new');
    expect(isRedundant(pipeline(4, 'old'), newer, 'new')).toBe(true);
    expect(isRedundant(pipeline(4, 'new'), newer, 'new')).toBe(false);
    expect(isRedundant(pipeline(4, 'old'), newer, 'old')).toBe(false);
    expect(isRedundant(pipeline(6, 'old'), newer, 'new')).toBe(false);
    expect(isRedundant(pipeline(4, 'old', { ref: 'other' }), newer, 'new')).toBe(false);
    expect(isRedundant(pipeline(4, 'old', { status: 'success' }), newer, 'new')).toBe(false);
  });

  it('ends all jobs as long as none has started that may not be interrupted', () => {
    const old = pipeline(1, 'old');
    expect(ids(endedByNewCommit(old, [build(1, 'pending'), build(2, 'created')]))).toEqual([1, 2]);
    expect(ids(endedByNewCommit(old, [build(1, 'running', MAY_BE_INTERRUPTED), build(2, 'created')]))).toEqual([1, 2]);
    expect(endedByNewCommit(old, [build(1, 'success'), build(2, 'running', MAY_BE_INTERRUPTED)])).toEqual([]);
  });

  it('ends interruptible jobs alone, or none, where the workflow says so', () => {
    const builds = [build(1, 'running'), build(2, 'running', MAY_BE_INTERRUPTED), build(3, 'created')];
    const saying = (on_new_commit: 'interruptible' | 'none') =>
      pipeline(1, 'old', { auto_cancel: { on_new_commit, on_job_failure: 'none' } });
    expect(ids(endedByNewCommit(saying('interruptible'), builds))).toEqual([2]);
    expect(endedByNewCommit(saying('none'), builds)).toEqual([]);
  });
});

describe('a job that fails', () => {
  it('ends the rest of its pipeline only if the workflow says so', () => {
    const builds = [build(1, 'failed'), build(2, 'running'), build(3, 'created')];
    const all = pipeline(1, 'x', { auto_cancel: { on_new_commit: 'conservative', on_job_failure: 'all' } });
    expect(ids(endedByFailure(all, builds))).toEqual([2, 3]);
    expect(endedByFailure(pipeline(1, 'x'), builds)).toEqual([]);
  });

  it('is tried again for the reasons and exit codes of retry, and not more often than it says', () => {
    const failed = (retry: unknown, change: Partial<Build> = {}) =>
      build(1, 'failed', { retry }, { failure_reason: 'script_failure', exit_code: 3, ...change });
    expect(wantsNewTry(failed(1), 1)).toBe(true);
    expect(wantsNewTry(failed(1), 2)).toBe(false);
    expect(wantsNewTry(failed({ max: 1, when: 'script_failure' }), 1)).toBe(true);
    expect(wantsNewTry(failed({ max: 1, when: ['runner_system_failure', 'api_failure'] }), 1)).toBe(false);
    expect(wantsNewTry(failed({ max: 1, exit_codes: [3] }), 1)).toBe(true);
    expect(wantsNewTry(failed({ max: 1, exit_codes: 4 }), 1)).toBe(false);
    expect(wantsNewTry(failed({ max: 1, exit_codes: 4, when: 'script_failure' }), 1)).toBe(true);
    expect(wantsNewTry(failed({ max: 2 }, { status: 'canceled' }), 1)).toBe(false);
  });

  it('may not ask for reasons that there are none of', () => {
    const refusal = (retry: unknown) => () => checkJob('a', { script: 'x', retry });
    expect(refusal({ max: 1, when: 'always' })).not.toThrow();
    expect(refusal({ max: 1, when: ['boredom'] })).toThrow('jobs:a:retry when contains unknown values: boredom');
    expect(refusal({ max: 3 })).toThrow('jobs:a:retry max must be less than or equal to 2');
    expect(refusal({ maximum: 1 })).toThrow('jobs:a:retry config contains unknown keys: maximum');
  });
});

describe('workflow', () => {
  const workflow = readWorkflow({
    auto_cancel: { on_new_commit: 'none' },
    rules: [
      { if: 'a', when: 'never' },
      { if: 'b', variables: { WHO: 'b' } },
      { if: 'c', auto_cancel: {} },
    ],
  });
  const appliedBy = (rule: number) => applyWorkflow(workflow, (index) => index === rule);

  it('takes variables and auto_cancel from the rule that matches, and makes no pipeline without one', () => {
    expect(appliedBy(0)).toBeUndefined();
    expect(appliedBy(-1)).toBeUndefined();
    expect(appliedBy(1)).toEqual({
      variables: { WHO: 'b' },
      autoCancel: { on_new_commit: 'none', on_job_failure: 'none' },
    });
    expect(appliedBy(2)?.autoCancel.on_new_commit).toBe('conservative');
  });

  it('refuses values that GitLab does not know', () => {
    expect(() => readWorkflow({ auto_cancel: { on_new_commit: 'maybe' } })).toThrow(
      'workflow:auto_cancel on new commit must be one of: conservative, interruptible, none',
    );
  });
});

describe('only and except', () => {
  const branch = { ref: 'main', tag: false, source: 'push' };
  const request = { ref: 'refs/merge-requests/1/head', tag: false, source: 'merge_request_event' };

  it('lets a job that says nothing into pipelines of branches and tags alone', () => {
    expect(isLetIn({}, branch)).toBe(true);
    expect(isLetIn({}, { ...branch, tag: true, ref: 'v1' })).toBe(true);
    expect(isLetIn({}, request)).toBe(false);
  });

  it('goes by kinds, names and expressions of refs', () => {
    expect(isLetIn({ only: ['merge_requests'] }, request)).toBe(true);
    expect(isLetIn({ only: ['merge_requests'] }, branch)).toBe(false);
    expect(isLetIn({ only: 'tags' }, branch)).toBe(false);
    expect(isLetIn({ only: { refs: ['/^ma/'] } }, branch)).toBe(true);
    expect(isLetIn({ except: ['main'] }, branch)).toBe(false);
    expect(isLetIn({ except: ['main'] }, { ...branch, ref: 'other' })).toBe(true);
  });
});

describe('default', () => {
  it('hands down what a job does not say itself, as far as inherit lets it', () => {
    const defaults = { retry: 2, timeout: '10 minutes', interruptible: true };
    expect(withDefaults({ script: 'x', retry: 0 }, defaults)).toEqual({ script: 'x', ...defaults, retry: 0 });
    expect(withDefaults({ inherit: { default: false } }, defaults)).toEqual({ inherit: { default: false } });
    expect(withDefaults({ inherit: { default: ['timeout'] } }, defaults)).toMatchObject({ timeout: '10 minutes' });
    expect(withDefaults({ inherit: { default: ['timeout'] } }, defaults)).not.toHaveProperty('retry');
  });

  it('is read from the file and from those that it includes, its own words first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'defaults-'));
    writeFileSync(
      join(folder, 'main.yml'),
      'include: [/more.yml, {local: ../x.yml}]\ndefault: {retry: 1}\nb: {script: !reference [a, script]}\n',
    );
    writeFileSync(join(folder, 'more.yml'), 'include: main.yml\ndefault: {retry: 2, timeout: 1h}\n');
    expect(readDefaults(folder, 'main.yml')).toEqual({ retry: 1, timeout: '1h' });
    rmSync(folder, { recursive: true });
  });
});

describe('a job that GitLab would refuse', () => {
  it.each([
    [{ rules: [{ when: 'bogus' }] }, 'jobs:a:rules:rule when unknown value: bogus'],
    [{ rules: 'x' }, 'jobs:a:rules config should be an array of hashes'],
    [{ rules: [{ if: '1' }], only: ['main'] }, 'jobs:a config key may not be used with `rules`: only'],
    [{ artifacts: { foo: 1 } }, 'jobs:a:artifacts config contains unknown keys: foo'],
    [{ artifacts: { paths: 'x' } }, 'jobs:a:artifacts paths should be an array of strings'],
    [{ environment: {} }, "jobs:a:environment name can't be blank"],
    [{ environment: '/x' }, 'jobs:a:environment name can contain only letters'],
    [{ variables: ['A'] }, 'jobs:a:variables config should be a hash'],
    [{ parallel: 201 }, 'jobs:a:parallel config must be less than or equal to 200'],
    [{ coverage: '5%' }, 'jobs:a:coverage config must be a regular expression'],
    [{ id_tokens: { T: {} } }, 'jobs:a:id_tokens:T config missing required keys: aud'],
    [{ interruptible: 'yes' }, 'jobs:a:interruptible config should be a boolean value'],
  ])('is refused in its words: %j', (part, sentence) => {
    expect(() => checkJob('a', { script: 'x', ...part })).toThrow(sentence);
  });

  it('is none with what the same keywords allow', () => {
    const fine = {
      rules: [{ if: '$A', when: 'manual' }],
      artifacts: { paths: ['x'], expire_in: '1 day', reports: { dotenv: 'x.env' } },
      environment: { name: 'review/$CI_COMMIT_REF_SLUG', on_stop: 'b' },
      coverage: '/(\\d+)%/',
      id_tokens: { T: { aud: 'x' } },
    };
    expect(() => checkJob('a', { script: 'x', ...fine })).not.toThrow();
  });
});
