import { ContractBroken } from '../faults.ts';
import type { Baseline } from './baseline.ts';
import { countUnseen, unseenCapacity } from './count-unseen.ts';
import { compareByHash } from './fnv-hash.ts';
import type { FeatureState, SchemaMismatch, WindowState } from './window-state.ts';

const MISMATCHES_KEPT = 20;

/**
 * The state of both parts of a window together; neither part is changed. Associative and commutative: counts add up exactly,
 * sums up to the rounding of their last digit. Throws ContractBroken for a part that was counted against another baseline.
 */
export function mergeWindowStates(a: WindowState, b: WindowState, baseline: Baseline): WindowState {
  if (a.baselineSha256 !== b.baselineSha256) {
    throw new ContractBroken(
      `two parts of a window were counted against different baselines: ${a.baselineSha256} and ${b.baselineSha256}`,
    );
  }
  const capacity = unseenCapacity(baseline);
  const merged: WindowState = {
    baselineSha256: a.baselineSha256,
    records: a.records + b.records,
    rows: a.rows + b.rows,
    invalidRecords: a.invalidRecords + b.invalidRecords,
    schemaMismatches: [],
    features: a.features.map((feature, index) => mergeFeatures(feature, b.features[index], capacity)),
    prediction: a.prediction && mergeFeatures(a.prediction, b.prediction ?? undefined, capacity),
  };
  for (const { expected, found, records } of [...a.schemaMismatches, ...b.schemaMismatches]) {
    addSchemaMismatch(merged, { expected, found }, records);
  }
  return merged;
}

/** Counts records of another shape than the baseline's. Of more than 20 shapes those with the smallest hashes stay, with exact counts. */
export function addSchemaMismatch(
  state: WindowState,
  { expected, found }: Pick<SchemaMismatch, 'expected' | 'found'>,
  records = 1,
): void {
  const known = state.schemaMismatches.find((kind) => kind.expected === expected && kind.found === found);
  if (known) {
    known.records += records;
    return;
  }
  state.schemaMismatches = [...state.schemaMismatches, { expected, found, records }]
    .sort((a, b) => compareByHash(keyOf(a), keyOf(b)))
    .slice(0, MISMATCHES_KEPT);
}

const keyOf = ({ expected, found }: SchemaMismatch) => JSON.stringify([expected, found]);

function mergeFeatures(a: FeatureState, b: FeatureState | undefined, capacity: number): FeatureState {
  const values = { present: 0, missing: 0, invalid: 0 };
  if (b) {
    values.present = a.present + b.present;
    values.missing = a.missing + b.missing;
    values.invalid = a.invalid + b.invalid;
  }
  if (a.kind === 'numeric' && b?.kind === 'numeric') {
    return {
      kind: 'numeric',
      ...values,
      minimum: Math.min(a.minimum, b.minimum),
      maximum: Math.max(a.maximum, b.maximum),
      sumOfSquares: a.sumOfSquares + b.sumOfSquares,
      outOfRange: a.outOfRange + b.outOfRange,
      counts: added(a.counts, b.counts),
      sums: added(a.sums, b.sums),
    };
  }
  if (a.kind === 'categorical' && b?.kind === 'categorical') {
    const topUnseen = new Map(a.topUnseen);
    for (const [value, count] of b.topUnseen) countUnseen(topUnseen, value, capacity, count);
    return {
      kind: 'categorical',
      ...values,
      counts: added(a.counts, b.counts),
      unseen: a.unseen + b.unseen,
      topUnseen,
    };
  }
  throw new ContractBroken('two parts of a window have columns of different kinds');
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length !== b.length) throw new ContractBroken('two parts of a window have columns of different bins');
  return a.map((value, index) => value + (b[index] ?? 0));
}
