import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuseRunChange } from '../../../shared/domain/change-run.ts';
import { isExpiry, MAX_EXPIRY_SECONDS, secondsOf } from '../../../shared/domain/durations.ts';
import { EnvironmentName, ModelName } from '../../../shared/domain/identifiers.ts';
import {
  digestNameOf,
  endpointNameOf,
  executionNameOf,
  packageGroupNameOf,
  pipelineNameOf,
  rolloutNameOf,
  runIdOf,
  runKeyOf,
  trainingTokenOf,
} from '../../../shared/domain/names.ts';
import { hasEnded, RunStatus } from '../../../shared/domain/run.ts';
import { isForward } from '../../../shared/domain/run-progress.ts';
import { sampleRun } from '../../fakes/sample-records.ts';
import { readWorkflow } from '../workflows/workflow-files.ts';
import '../../harness/repeatable-properties.ts';

const anyStatus = fc.constantFrom(...RunStatus.options);

describe('moves of a run', () => {
  const stages: RunStatus[] = ['training', 'judging', 'registering', 'awaiting-approval', 'rolling-out'];

  it('lead forward from training to the roll-out, and never back', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(4), (from, to) => {
        expect(isForward(stages[from] ?? 'live', stages[to] ?? 'live')).toBe(to > from);
      }),
    );
  });

  it('lead nowhere from an ended run: only the link to its issue may follow', () => {
    fc.assert(fc.property(anyStatus, anyStatus, (from, to) => !hasEnded(from) || !isForward(from, to)));
    fc.assert(
      fc.property(
        anyStatus.filter(hasEnded),
        fc.constantFrom('status', 'reasons', 'registered', 'approval'),
        (status, field) => {
          expect(refuseRunChange({ ...sampleRun(), status }, [field])).toBeDefined();
          expect(refuseRunChange({ ...sampleRun(), status }, ['issueUrl'])).toBeUndefined();
        },
      ),
    );
  });

  it('are made only from a status that the writer expects', () => {
    fc.assert(
      fc.property(anyStatus, fc.uniqueArray(anyStatus, { minLength: 1 }), (status, expected) => {
        const refused = refuseRunChange({ ...sampleRun(), status }, ['reasons'], expected) !== undefined;
        expect(refused).toBe(hasEnded(status) || !expected.includes(status));
      }),
    );
  });

  it('take a parked run nowhere by themselves', () => {
    fc.assert(fc.property(anyStatus, (to) => !isForward('parked', to)));
  });
});

describe('the run key', () => {
  const triple = fc.tuple(fc.nat(), fc.nat(), fc.stringMatching(/^[0-9a-f]{40}$/));

  it('is another one for another project, pipeline or commit', () => {
    fc.assert(
      fc.property(triple, triple, (a, b) => {
        const same = a.every((part, index) => part === b[index]);
        expect(runKeyOf(...a) === runKeyOf(...b)).toBe(same);
      }),
    );
  });

  it('keeps apart numbers that would run into one another', () => {
    expect(runKeyOf(1, 23, 'c')).not.toBe(runKeyOf(12, 3, 'c'));
  });
});

describe('names', () => {
  const model = fc
    .stringMatching(/^[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5}){0,2}$/)
    .filter((name) => ModelName.safeParse(name).success);
  const environment = fc
    .stringMatching(/^[a-z][a-z0-9]{0,11}$/)
    .filter((name) => EnvironmentName.safeParse(name).success);
  const stage = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
  const longest = { model: 'a'.repeat(24), environment: 'b'.repeat(12), stage: 'c'.repeat(8) };

  it('fit where they are used: 80 characters for executions, 63 for SageMaker', () => {
    fc.assert(
      fc.property(
        model,
        environment,
        stage,
        fc.integer({ min: 1, max: 999 }),
        fc.tuple(fc.nat(), fc.nat()),
        (m, e, s, attempt, [project, pipeline]) => {
          const runKey = runKeyOf(project, pipeline, 'f'.repeat(40));
          const forSageMaker = [endpointNameOf(s, m, e), packageGroupNameOf(s, m), digestNameOf(s, m, runKey)];
          const forExecutions = [executionNameOf(runIdOf(runKey), attempt), rolloutNameOf(runIdOf(runKey), attempt, e)];
          expect(forSageMaker.every((name) => name.length <= 63 && /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name))).toBe(
            true,
          );
          expect(forExecutions.every((name) => name.length <= 80 && /^[a-zA-Z0-9-]+$/.test(name))).toBe(true);
          expect(pipelineNameOf(s, m, runKey)).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}$/);
        },
      ),
    );
    expect(endpointNameOf(longest.stage, longest.model, longest.environment).length).toBeLessThanOrEqual(63);
    expect(digestNameOf(longest.stage, longest.model, 'd'.repeat(64)).length).toBeLessThanOrEqual(63);
  });

  it('of a token for training are within its 32 to 128 characters and new for each training', () => {
    const runKey = runKeyOf(17, 4711, 'f'.repeat(40));
    expect(trainingTokenOf(runKey, 1)).toMatch(/^[0-9a-f]{64}$/);
    expect(trainingTokenOf(runKey, 1)).not.toBe(trainingTokenOf(runKey, 2));
  });
});

describe('durations', () => {
  it.each([
    ['P3D', 259_200],
    ['PT12H', 43_200],
    ['P1DT1H1M1S', 90_061],
    ['PT90M', 5_400],
    ['P0D', 0],
  ])('%s is %i seconds', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '3D',
    'P1W',
    'P1M',
    'P-1D',
    'P1.5D',
    'p3d',
    ' P3D',
    'three days',
  ])('%p is no duration', (text) => {
    expect(secondsOf(text)).toBeUndefined();
  });

  it('are an expiry when longer than nothing and at most P14D', () => {
    expect(['PT1S', 'P14D', 'P13DT24H'].map(isExpiry)).toEqual([true, true, true]);
    expect(['P0D', 'PT0S', 'P14DT1S', 'P15D', 'soon'].map(isExpiry)).toEqual([false, false, false, false, false]);
  });

  it('of the longest review end before the workflow stops waiting for it', () => {
    const timeout = readWorkflow('model-lifecycle').States.RequestApproval?.TimeoutSeconds;
    expect(timeout).toBeGreaterThan(MAX_EXPIRY_SECONDS);
  });
});
