import { ContractBroken } from '../faults.ts';
import type { Baseline, BaselineFeature, CategoricalFeature, NumericFeature } from './baseline.ts';
import { binOf } from './bins.ts';
import { categoryKey } from './category-key.ts';
import { countUnseen, unseenCapacity } from './count-unseen.ts';
import { isNumber, parseNumber } from './parse-number.ts';
import type { CategoricalState, FeatureState, NumericState, WindowState } from './window-state.ts';

/** Counts one column's values into its state. */
export type Accumulator = {
  /** A cell of CSV. Empty is missing, and so is a cell that the row doesn't have. */
  addText(text: string | undefined): void;
  /** A member of a JSON row. `null`, an absent member and the empty string are missing. */
  addValue(value: unknown): void;
};

/** One accumulator a column, writing into `state`. */
export function accumulatorsOf(
  baseline: Baseline,
  state: WindowState,
): { features: Accumulator[]; prediction: Accumulator | null } {
  const capacity = unseenCapacity(baseline);
  const features = baseline.features.map((feature, index) => {
    const featureState = state.features[index];
    if (!featureState) throw new ContractBroken(`the window's state has no column ${feature.name}`);
    return accumulatorOf(feature, featureState, capacity);
  });
  const { prediction } = baseline;
  return {
    features,
    prediction: prediction && state.prediction ? accumulatorOf(prediction, state.prediction, capacity) : null,
  };
}

export function accumulatorOf(feature: BaselineFeature, state: FeatureState, capacity: number): Accumulator {
  if (feature.kind === 'numeric' && state.kind === 'numeric') return numericAccumulator(feature, state);
  if (feature.kind === 'categorical' && state.kind === 'categorical') {
    return categoricalAccumulator(feature, state, capacity);
  }
  throw new ContractBroken(`the window's state of ${feature.name} is not ${feature.kind}`);
}

export function addMissing(state: FeatureState): void {
  state.missing += 1;
}

export function addInvalid(state: FeatureState): void {
  state.invalid += 1;
}

/** Counts a number that `isNumber` accepts. A reader with a fast path writes exactly these fields. */
export function addNumber(state: NumericState, feature: NumericFeature, value: number): void {
  const bin = binOf(feature.edges, value);
  state.present += 1;
  state.counts[bin] = (state.counts[bin] ?? 0) + 1;
  state.sums[bin] = (state.sums[bin] ?? 0) + value;
  state.sumOfSquares += value * value;
  if (value < state.minimum) state.minimum = value;
  if (value > state.maximum) state.maximum = value;
  const inRange =
    feature.minimum !== null && feature.maximum !== null && value >= feature.minimum && value <= feature.maximum;
  if (!inRange) state.outOfRange += 1;
}

/** Where each value of a domain is counted. */
export function domainIndex(feature: CategoricalFeature): ReadonlyMap<string, number> {
  return new Map(feature.domain.map(({ value }, index) => [value, index]));
}

/** Counts a text that is not empty. `capacity` is `unseenCapacity(baseline)`. */
export function addCategory(
  state: CategoricalState,
  places: ReadonlyMap<string, number>,
  text: string,
  capacity: number,
): void {
  const key = categoryKey(text);
  const place = places.get(key);
  state.present += 1;
  if (place === undefined) {
    state.unseen += 1;
    countUnseen(state.topUnseen, key, capacity);
  } else {
    state.counts[place] = (state.counts[place] ?? 0) + 1;
  }
}

function numericAccumulator(feature: NumericFeature, state: NumericState): Accumulator {
  const addText = (text: string | undefined) => {
    if (text === undefined || text === '') return addMissing(state);
    const value = parseNumber(text);
    return value === undefined ? addInvalid(state) : addNumber(state, feature, value);
  };
  return {
    addText,
    addValue(value) {
      if (value === null || value === undefined) addMissing(state);
      else if (typeof value === 'string') addText(value);
      else if (typeof value === 'number' && isNumber(value)) addNumber(state, feature, value + 0);
      else addInvalid(state);
    },
  };
}

function categoricalAccumulator(feature: CategoricalFeature, state: CategoricalState, capacity: number): Accumulator {
  const places = domainIndex(feature);
  const addText = (text: string | undefined) => {
    if (text === undefined || text === '') addMissing(state);
    else addCategory(state, places, text, capacity);
  };
  return {
    addText,
    addValue(value) {
      if (value === null || value === undefined) addMissing(state);
      else if (typeof value === 'string') addText(value);
      else if (typeof value === 'number' && Number.isFinite(value)) addText(String(value));
      else if (typeof value === 'boolean') addText(spellingOf(value, places));
      else addInvalid(state);
    },
  };
}

/** Training data from pandas spells a boolean `True`, from R `TRUE`; where the domain has neither, as JSON does. */
function spellingOf(value: boolean, places: ReadonlyMap<string, number>): string {
  const spellings = value ? ['true', 'True', 'TRUE'] : ['false', 'False', 'FALSE'];
  return spellings.find((spelling) => places.has(spelling)) ?? String(value);
}
