import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkJob, checkNeeds } from '../../../../local/gitlab/ci/check-jobs.ts';
import { CiFileError } from '../../../../local/gitlab/ci/ci-file-error.ts';
import { momentAfter, parseDurationSeconds } from '../../../../local/gitlab/ci/duration.ts';
import { findCoverage } from '../../../../local/gitlab/ci/find-coverage.ts';
import {
  compositeStatus,
  earlierJobs,
  isPlayable,
  isRetryable,
  readiness,
  skippedAfter,
} from '../../../../local/gitlab/ci/pipeline-status.ts';
import { RawJobSchema, readJob } from '../../../../local/gitlab/ci/read-job.ts';
import { composeScript } from '../../../../local/gitlab/ci/run-script.ts';
import { expandVariables } from '../../../../local/gitlab/ci/variables.ts';
import { type Build, RUN_STATUSES, type RunStatus } from '../../../../local/gitlab/rows/jobs.ts';
import '../../../harness/repeatable-properties.ts';

const definition = (body: object = {}, name = 'job', listed = { when: 'on_success', allow_failure: false }) =>
  readJob(name, name.split(':')[0] ?? name, RawJobSchema.parse({ script: 'true', ...body }), listed, undefined);

const build = (id: number, status: RunStatus, change: Partial<Build> = {}): Build => ({
  id,
  kind: 'job',
  project_id: 1,
  pipeline_id: 1,
  user_id: 1,
  name: `job-${id}`,
  stage: 'test',
  status,
  ref: 'main',
  sha: 'a'.repeat(40),
  allow_failure: false,
  created_at: '2026-11-01T10:00:00.000Z',
  queued_at: null,
  started_at: null,
  finished_at: null,
  retried: false,
  failure_reason: null,
  exit_code: null,
  target_url: null,
  description: null,
  coverage: null,
  definition: definition(),
  artifacts_bytes: null,
  dotenv: {},
  ...change,
});

describe('the status of a pipeline', () => {
  it('is pending until a job starts, running while one runs, and done when all are', () => {
    expect(compositeStatus([build(1, 'pending'), build(2, 'created')])).toBe('pending');
    expect(compositeStatus([build(1, 'success'), build(2, 'created')])).toBe('running');
    expect(compositeStatus([build(1, 'running'), build(2, 'failed')])).toBe('running');
    expect(compositeStatus([build(1, 'success'), build(2, 'skipped')])).toBe('success');
    expect(compositeStatus([build(1, 'failed'), build(2, 'skipped')])).toBe('failed');
    expect(compositeStatus([build(1, 'skipped')])).toBe('skipped');
    expect(compositeStatus([build(1, 'failed'), build(2, 'canceled')])).toBe('failed');
    expect(compositeStatus([build(1, 'success'), build(2, 'canceled')])).toBe('canceled');
    expect(compositeStatus([build(1, 'success'), build(2, 'scheduled')])).toBe('scheduled');
  });

  it('overlooks a failure that is allowed, a retried job and an optional manual one', () => {
    expect(compositeStatus([build(1, 'success'), build(2, 'failed', { allow_failure: true })])).toBe('success');
    expect(compositeStatus([build(1, 'failed', { retried: true }), build(2, 'success')])).toBe('success');
    expect(compositeStatus([build(1, 'success'), build(2, 'manual', { allow_failure: true })])).toBe('success');
    expect(compositeStatus([build(1, 'success'), build(2, 'manual'), build(3, 'created')])).toBe('manual');
  });

  it('is success only when no job is open and none failed without leave', () => {
    const anyBuild = fc.record({
      status: fc.constantFrom(...RUN_STATUSES),
      allow_failure: fc.boolean(),
      retried: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyBuild, { minLength: 1, maxLength: 6 }), (drawn) => {
        const builds = drawn.map((change, index) => build(index + 1, change.status, change));
        if (compositeStatus(builds) !== 'success') return;
        for (const one of builds.filter((candidate) => !candidate.retried)) {
          expect(['running', 'pending', 'created']).not.toContain(one.status);
          if (one.status === 'failed') expect(one.allow_failure).toBe(true);
        }
      }),
    );
  });
});

describe('what comes next for a job', () => {
  const withWhen = (when: string) =>
    build(9, 'created', { definition: definition({}, 'job', { when, allow_failure: false }) });

  it('depends on how the earlier ones ended', () => {
    expect(readiness(withWhen('on_success'), [build(1, 'running')])).toBe('wait');
    expect(readiness(withWhen('on_success'), [build(1, 'success')])).toBe('run');
    expect(readiness(withWhen('on_success'), [build(1, 'failed')])).toBe('skip');
    expect(readiness(withWhen('on_success'), [build(1, 'failed', { allow_failure: true })])).toBe('run');
    expect(readiness(withWhen('on_failure'), [build(1, 'success')])).toBe('skip');
    expect(readiness(withWhen('on_failure'), [build(1, 'failed')])).toBe('run');
    expect(readiness(withWhen('always'), [build(1, 'failed')])).toBe('run');
    expect(readiness(withWhen('manual'), [])).toBe('manual');
    expect(readiness(withWhen('delayed'), [build(1, 'success')])).toBe('delay');
  });

  it('is running after a stage that was left out, and ends with what a stage before it lacked', () => {
    expect(readiness(withWhen('on_success'), [build(1, 'skipped')])).toBe('run');
    expect(readiness(withWhen('on_success'), [build(1, 'manual', { allow_failure: true })])).toBe('run');
    expect(readiness(withWhen('on_success'), [build(1, 'manual')])).toBe('wait');
    expect(readiness(withWhen('on_success'), [build(1, 'failed'), build(2, 'skipped')])).toBe('skip');
    expect(readiness(withWhen('always'), [build(1, 'canceled')])).toBe('skip');
    expect(readiness(withWhen('on_failure'), [build(1, 'failed'), build(2, 'skipped')])).toBe('run');
  });

  it('is left out with a job that it needs and that does not run', () => {
    const needing = (when: string) =>
      build(9, 'created', {
        definition: definition({ needs: ['job-1', 'job-2'] }, 'job', { when, allow_failure: false }),
      });
    expect(readiness(needing('on_success'), [build(1, 'success'), build(2, 'running')])).toBe('wait');
    expect(readiness(needing('on_success'), [build(1, 'success'), build(2, 'success')])).toBe('run');
    expect(readiness(needing('on_success'), [build(1, 'success'), build(2, 'skipped')])).toBe('skip');
    expect(readiness(needing('on_success'), [build(1, 'manual', { allow_failure: true })])).toBe('skip');
    expect(readiness(needing('always'), [build(1, 'skipped')])).toBe('run');
    expect(readiness(needing('on_success'), [build(1, 'failed', { allow_failure: true })])).toBe('run');
  });

  it('gets another chance when what it was skipped for runs again', () => {
    const all = [
      build(1, 'failed', { name: 'a', stage: 'one' }),
      build(2, 'skipped', { name: 'b', stage: 'two' }),
      build(3, 'skipped', { name: 'c', stage: 'three', definition: definition({ needs: ['b'] }) }),
      build(4, 'skipped', { name: 'd', stage: 'one' }),
    ];
    const [first] = all;
    expect(first && skippedAfter(first, all, ['one', 'two', 'three']).map((job) => job.name)).toEqual(['b', 'c']);
  });

  it('can be tried again once it ended, and played where it waits for somebody', () => {
    const manual = definition({}, 'job', { when: 'manual', allow_failure: false });
    expect([build(1, 'success'), build(1, 'skipped'), build(1, 'running')].map(isRetryable)).toEqual([
      true,
      false,
      false,
    ]);
    expect(
      [
        build(1, 'manual', { definition: manual }),
        build(1, 'success', { definition: manual }),
        build(1, 'success'),
        build(1, 'running', { definition: manual }),
      ].map(isPlayable),
    ).toEqual([true, true, false, false]);
  });

  it('looks at the needed jobs alone where needs are given', () => {
    const all = [build(1, 'success', { name: 'a', stage: 'one' }), build(2, 'running', { name: 'b', stage: 'one' })];
    const needing = build(3, 'created', { stage: 'two', definition: definition({ needs: ['a'] }) });
    const staged = build(4, 'created', { stage: 'two' });
    expect(earlierJobs(needing, all, ['one', 'two']).map((job) => job.name)).toEqual(['a']);
    expect(earlierJobs(staged, all, ['one', 'two']).map((job) => job.name)).toEqual(['a', 'b']);
  });
});

describe('a job of the CI file', () => {
  it('may fail when it is manual by itself, and not when a rule made it so', () => {
    const listed = { when: 'manual', allow_failure: false };
    expect(definition({ when: 'manual' }, 'job', listed).allow_failure).toBe(true);
    expect(definition({ rules: [{ when: 'manual' }] }, 'job', listed).allow_failure).toBe(false);
  });

  it('knows its matrix values, its timeout and what is not heeded', () => {
    const job = definition(
      { parallel: { matrix: [{ PY: ['3.10', '3.11'], OS: 'x' }] }, timeout: '1h 30m', image: 'python', services: [] },
      'unit: [3.11, x]',
    );
    expect(job.variables).toEqual({ PY: '3.11', OS: 'x' });
    expect(job.timeoutSeconds).toBe(5400);
    expect(job.ignored).toEqual(['image', 'services']);
  });
});

describe('a CI file that GitLab would refuse', () => {
  it('is refused for what a job lacks, has too much of or has wrong', () => {
    const refusal = (body: object) => {
      try {
        checkJob('unit', body);
      } catch (error) {
        return error instanceof CiFileError ? error.message : error;
      }
      return undefined;
    };
    expect(refusal({ script: ['true', ['false']], rules: [], tags: ['x'] })).toBeUndefined();
    expect(refusal({})).toBe('jobs:unit config should implement the script:, run:, or trigger: keyword');
    expect(refusal({ script: 'x', colour: 1 })).toBe('jobs:unit config contains unknown keys: colour');
    expect(refusal({ script: 'x', when: 'odd' })).toContain('jobs:unit when should be one of: on_success');
    expect(refusal({ script: 'x', when: 'delayed' })).toBe('jobs:unit start in should be a duration');
    expect(refusal({ script: 'x', timeout: 'soon' })).toBe('jobs:unit timeout should be a duration');
    expect(refusal({ script: 'x', timeout: '2 months' })).toBe('jobs:unit timeout should not exceed the limit');
    expect(refusal({ script: 'x', when: 'delayed', start_in: '8 days' })).toBe(
      'jobs:unit start in should not exceed the limit',
    );
    expect(refusal({ script: 'x', retry: { max: 3 } })).toContain('must be less than or equal to 2');
    expect(refusal({ script: 5 })).toContain('jobs:unit:script config should be a string');
    expect(refusal({ script: 'x', artifacts: { when: 'odd' } })).toContain('jobs:unit:artifacts when should be');
  });

  it('is refused for needs that are missing, later or in a circle', () => {
    const job = (name: string, stage: string, needs: (string | object)[]) => definition({ stage, needs }, name);
    const stages = ['one', 'two'];
    const check = (...jobs: ReturnType<typeof job>[]) => checkNeeds(jobs, stages);
    expect(() => check(job('a', 'one', []), job('b', 'two', ['a', { job: 'c', optional: true }]))).not.toThrow();
    expect(() => check(job('a', 'one', ['b']))).toThrow("'a' job needs 'b' job");
    expect(() => check(job('a', 'one', ['b']), job('b', 'two', []))).toThrow(
      'a job: need b is not defined in current or prior stages',
    );
    expect(() => check(job('a', 'one', ['b']), job('b', 'one', ['a']))).toThrow(
      'The pipeline has circular dependencies: topological sort failed: ["a", "b"]',
    );
  });
});

it('finds the coverage that a log tells of last', () => {
  const log = 'TOTAL 10%\nTOTAL 87.5%\n';
  expect(findCoverage('/TOTAL.*? (\\d+(?:\\.\\d+)?)%/', log)).toBe(87.5);
  expect(findCoverage('/total \\d+/i', log)).toBe(87);
  expect([findCoverage('/none/', log), findCoverage(undefined, log), findCoverage('/(/', log)]).toEqual([
    null,
    null,
    null,
  ]);
});

it('reads durations as GitLab writes them', () => {
  expect(['1h 30m', '90 minutes', '3600', '2 days', '1 hour and 5 sec'].map(parseDurationSeconds)).toEqual([
    5400, 5400, 3600, 172_800, 3605,
  ]);
  expect(['1h30m', '2h20min', '1h30', '3 mins 4 sec', '1 wk', '47 yrs 6 mos and 4d'].map(parseDurationSeconds)).toEqual(
    [5400, 8400, undefined, 184, 604_800, 47 * 31_557_600 + 6 * 2_592_000 + 4 * 86_400],
  );
  expect(['1 month', '6 mos 1 day', '1 year', '2.5 Hours', '1mo', '5m'].map(parseDurationSeconds)).toEqual([
    2_592_000, 15_638_400, 31_557_600, 9000, 2_592_000, 300,
  ]);
  expect(['soon', 'never', '', '3 moons', '5 mother'].map((text) => parseDurationSeconds(text))).toEqual(
    Array(5).fill(undefined),
  );
});

it('knows no moment that is further off than dates go', () => {
  const now = new Date('2026-11-01T10:00:00.000Z');
  expect(momentAfter(now, 90)).toBe('2026-11-01T10:01:30.000Z');
  expect(momentAfter(now, 99_999_999_999_999)).toBeNull();
});

it('expands variables through each other, keeps what it does not know, and survives a cycle', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's way to name a variable
  expect(expandVariables({ A: '1', B: '$A-${A}', C: '$B/$UNKNOWN', D: '$$A', E: '$F', F: '$E' })).toEqual({
    A: '1',
    B: '1-1',
    C: '1-1/$UNKNOWN',
    D: '$A',
    E: '',
    F: '',
  });
  expect(expandVariables({ A: 'x$B', B: '1', C: '$A' }, new Set(['A']))).toEqual({ A: 'x$B', B: '1', C: 'x$B' });
});

it('shows a command before it runs, whatever quotes are in it', () => {
  expect(composeScript(["echo 'it''s'"])).toBe(
    `printf '\\x1b[32;1m%s\\x1b[0;m\\n' '$ echo '\\''it'\\'''\\''s'\\'''\necho 'it''s'`,
  );
});
