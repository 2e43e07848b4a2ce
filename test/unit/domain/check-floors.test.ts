import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkFloors, gateText } from '../../../shared/domain/check-floors.ts';
import type { OnboardingRecord } from '../../../shared/domain/onboarding.ts';
import type { Gate, Policy } from '../../../shared/domain/policy.ts';
import { samplePolicy, sampleRecord } from './sample-policy.ts';
import '../../harness/repeatable-properties.ts';

const AUC = 'binary_classification_metrics.auc.value';
const [aucFloor, sliceFloor, championFloor] = sampleRecord.floors.gates;

function withGates(gates: Gate[]): Policy {
  const policy = samplePolicy();
  return { ...policy, evaluation: { ...policy.evaluation, gates } };
}

function sentences(policy: Policy, record: OnboardingRecord = sampleRecord): string[] {
  return checkFloors(policy, record).map(({ sentence }) => sentence);
}

describe('the floors of an onboarding record', () => {
  it('find nothing in a policy that is stricter', () => {
    expect(checkFloors(samplePolicy(), sampleRecord)).toEqual([]);
  });

  it('name a gate that is missing, with the line to add', () => {
    expect(sentences(withGates([{ metric: AUC, min: 0.7 }]))).toEqual([
      expect.stringContaining('add { metric: slices.origin.*.auc, min: 0.6 }'),
      expect.stringContaining(`add { metric: ${AUC}, versus: champion, maxRegression: 0.02 }`),
    ]);
  });

  it('name a gate that is weaker, with both', () => {
    const policy = withGates([{ metric: AUC, min: 0.5 }, ...samplePolicy().evaluation.gates.slice(1)]);
    expect(checkFloors(policy, sampleRecord)).toEqual([
      {
        path: ['evaluation', 'gates', 0],
        sentence: `evaluation.gates[0] { metric: ${AUC}, min: 0.5 } is weaker than the platform's floor { metric: ${AUC}, min: 0.65 }.`,
      },
    ]);
  });

  it('take no gate on another metric, of another kind or another direction for the floor', () => {
    const others: Gate[] = [
      { metric: 'regression_metrics.mse.value', min: 1 },
      { metric: AUC, max: 0.9 },
      { metric: AUC, versus: 'champion', maxRegression: 0, better: 'lower' },
    ];
    expect(sentences(withGates(others))).toHaveLength(3);
  });

  it('take a stricter gate beside a weaker one for the floor', () => {
    const gates = samplePolicy().evaluation.gates;
    expect(sentences(withGates([{ metric: AUC, min: 0.1 }, ...gates]))).toEqual([]);
  });

  it('ask for the rows that the floor asks for', () => {
    const record = {
      ...sampleRecord,
      floors: { ...sampleRecord.floors, gates: [{ metric: 'slices.origin.*.auc', min: 0.6, minRows: 800 }] },
    };
    expect(sentences(samplePolicy(), record)).toEqual([expect.stringContaining('minRows: 500 } is weaker')]);
  });

  it.each([
    ['four eyes', { approval: { stewards: { group: 'ml-stewards' }, fourEyes: false } }, 'four eyes'],
    ["another stewards' group", { approval: { stewards: { group: 'friends' } } }, '`ml-stewards`'],
    ['another model', { model: 'flights' }, 'onboarded as `flight-delays`'],
    [
      'an environment left out',
      { environments: [{ name: 'prod', instanceType: 'ml.m5.large' }] },
      'demands dev, qa, prod',
    ],
    [
      'another order of environments',
      { environments: ['qa', 'dev', 'prod'].map((name) => ({ name, instanceType: 'ml.m5.large' })) },
      'in this order',
    ],
    ['data elsewhere', { data: [{ name: 'flights', uri: 's3://somewhere/else/' }] }, 'lies outside'],
    [
      'data with the same beginning',
      { data: [{ name: 'flights', uri: 's3://mlops-data-test/flight-delays-of-others/' }] },
      'lies outside',
    ],
    [
      'a way out of the folder',
      { data: [{ name: 'flights', uri: 's3://mlops-data-test/flight-delays/../salaries/' }] },
      'lies outside',
    ],
  ])('name %s', (_case, changes, says) => {
    expect(sentences(samplePolicy(changes))).toEqual([expect.stringContaining(says)]);
  });

  it('name an environment that must capture', () => {
    const record = { ...sampleRecord, floors: { ...sampleRecord.floors, capture: ['prod'] } };
    expect(sentences(samplePolicy(), record)).toEqual([expect.stringContaining('(prod) must capture')]);
  });
});

describe('properties of the floors', () => {
  const level = fc.double({ min: 0, max: 1, noNaN: true });
  const floor: fc.Arbitrary<Gate> = fc.oneof(
    fc
      .record({ min: level, minRows: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }) })
      .map(({ min, minRows }): Gate => ({ metric: AUC, min, ...(minRows !== undefined && { minRows }) })),
    level.map((max): Gate => ({ metric: 'regression_metrics.mse.value', max })),
    level.map((maxRegression): Gate => ({ metric: AUC, versus: 'champion', maxRegression, better: 'higher' })),
  );
  const recordWith = (gates: Gate[]): OnboardingRecord => ({
    ...sampleRecord,
    floors: { ...sampleRecord.floors, gates },
  });
  const weaken = (gate: Gate, by: number): Gate => {
    if ('min' in gate) return { ...gate, min: gate.min - by };
    return 'max' in gate ? { ...gate, max: gate.max + by } : { ...gate, maxRegression: gate.maxRegression + by };
  };

  it('a policy whose gates equal the floors passes', () => {
    fc.assert(
      fc.property(
        fc.array(floor, { minLength: 1, maxLength: 5 }),
        (floors) => checkFloors(withGates(floors), recordWith(floors)).length === 0,
      ),
    );
  });

  it('every weakening of a gate is named', () => {
    fc.assert(
      fc.property(floor, fc.double({ min: 0.0001, max: 1, noNaN: true }), (gate, by) => {
        expect(sentences(withGates([weaken(gate, by)]), recordWith([gate]))).toEqual([
          expect.stringContaining(gateText(gate)),
        ]);
      }),
    );
  });

  it('every gate that is left out is named', () => {
    expect(
      [aucFloor, sliceFloor, championFloor].every(
        (gate) => gate && sentences(withGates([]), recordWith([gate])).length === 1,
      ),
    ).toBe(true);
  });
});
