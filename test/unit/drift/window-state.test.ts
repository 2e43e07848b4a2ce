import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accumulatorsOf } from '../../../shared/domain/drift/accumulate.ts';
import { countUnseen, unseenCapacity } from '../../../shared/domain/drift/count-unseen.ts';
import { addSchemaMismatch, mergeWindowStates } from '../../../shared/domain/drift/merge-window-states.ts';
import { newWindowState } from '../../../shared/domain/drift/new-window-state.ts';
import { parseWindowState, serializeWindowState } from '../../../shared/domain/drift/serialize-window-state.ts';
import type { WindowState } from '../../../shared/domain/drift/window-state.ts';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import { baselineOf, type Cells, columnOf, windowOf } from './drift-samples.ts';
import '../../harness/repeatable-properties.ts';

const TRAINING = Array.from({ length: 400 }, (_, row) => [String(row % 97), 'abcd'.charAt(row % 4), String(row / 400)]);
const sealed = baselineOf(['x', 'c', 'score'], TRAINING, { prediction: 'score' });
const merge = (a: WindowState, b: WindowState) => mergeWindowStates(a, b, sealed.baseline);

/** Multiples of 1/8, of which sums are exact: so associativity can be asked for to the last digit. */
const eighths = fc.integer({ min: -4_000, max: 4_000 }).map((value) => String(value / 8));
const cell = fc.oneof(eighths, fc.constantFrom('', 'NaN', 'a', 'b', 'zz', 'new'), fc.string({ maxLength: 3 }));
const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 40 });
const states = fc.tuple(rows, fc.nat(3), fc.nat(3)).map(([cells, invalid, mismatched]) => {
  const state = windowOf(sealed, cells);
  state.invalidRecords = invalid;
  for (let kind = 0; kind < mismatched; kind += 1) {
    addSchemaMismatch(state, { expected: '2 columns', found: `${kind + 3} columns` });
  }
  return state;
});

describe('merging the parts of a window', () => {
  it('is commutative', () => {
    fc.assert(
      fc.property(states, states, (a, b) => {
        expect(serializeWindowState(merge(a, b))).toEqual(serializeWindowState(merge(b, a)));
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(states, states, states, (a, b, c) => {
        expect(serializeWindowState(merge(merge(a, b), c))).toEqual(serializeWindowState(merge(a, merge(b, c))));
      }),
    );
  });

  it('changes nothing where one part is empty, and neither part', () => {
    fc.assert(
      fc.property(states, (a) => {
        const before = JSON.stringify(serializeWindowState(a));
        expect(serializeWindowState(merge(a, newWindowState(sealed)))).toEqual(serializeWindowState(a));
        expect(JSON.stringify(serializeWindowState(a))).toBe(before);
      }),
    );
  });

  it('gives what one reader of all rows would have counted', () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const parts = merge(windowOf(sealed, a), windowOf(sealed, b));
        expect(serializeWindowState(parts)).toEqual(serializeWindowState(windowOf(sealed, [...a, ...b])));
      }),
    );
  });

  it('keeps sums of any doubles to their last digits', () => {
    const doubles = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { maxLength: 30 });
    const numeric = baselineOf(['x'], columnOf([1, 2, 3]));
    const sumOf = (state: WindowState) =>
      state.features[0]?.kind === 'numeric' ? state.features[0].sums.reduce((sum, value) => sum + value, 0) : 0;
    fc.assert(
      fc.property(doubles, doubles, doubles, (...parts) => {
        const [a, b, c] = parts.map((part) => windowOf(numeric, columnOf(part)));
        if (!a || !b || !c) return;
        const left = mergeWindowStates(mergeWindowStates(a, b, numeric.baseline), c, numeric.baseline);
        const right = mergeWindowStates(a, mergeWindowStates(b, c, numeric.baseline), numeric.baseline);
        expect(Math.abs(sumOf(left) - sumOf(right))).toBeLessThan(1e-4);
      }),
    );
  });

  it('refuses a part that was counted against another baseline', () => {
    const other = baselineOf(['x', 'c', 'score'], TRAINING.slice(1), { prediction: 'score' });
    expect(() => merge(newWindowState(sealed), newWindowState(other))).toThrow(ContractBroken);
    expect(() => merge(newWindowState(sealed), newWindowState(other))).toThrow(/different baselines: [0-9a-f]{64} and/);
  });
});

describe('values outside the domain', () => {
  const identifiers = fc.array(fc.string({ minLength: 1, maxLength: 2 }), { maxLength: 60 });
  const counted = (values: readonly string[]) => {
    const top = new Map<string, number>();
    for (const value of values) countUnseen(top, value, 5);
    return top;
  };
  const byName = (top: Map<string, number>) => [...top].sort(([a], [b]) => (a < b ? -1 : 1));

  it('are kept in bounded memory with exact counts, whatever the order', () => {
    fc.assert(
      fc.property(identifiers, (values) => {
        const top = counted(values);
        expect(top.size).toBe(Math.min(5, new Set(values).size));
        for (const [value, count] of top) expect(count).toBe(values.filter((other) => other === value).length);
        expect(byName(counted(values.toReversed()))).toEqual(byName(top));
      }),
    );
  });

  it('are the same however they were split', () => {
    fc.assert(
      fc.property(identifiers, identifiers, (a, b) => {
        const merged = counted(a);
        for (const [value, count] of counted(b)) countUnseen(merged, value, 5, count);
        expect(byName(merged)).toEqual(byName(counted([...a, ...b])));
      }),
    );
  });

  it('take less room of each column where there are many', () => {
    const header = Array.from({ length: 300 }, (_, index) => `c${index}`);
    expect(unseenCapacity(sealed.baseline)).toBe(1_000);
    expect(unseenCapacity(baselineOf(header, [header]).baseline)).toBe(25);
  });

  it('are counted in a column of nothing but identifiers', () => {
    const texts = baselineOf(['c'], [['a'], ['b']]);
    const state = windowOf(
      texts,
      Array.from({ length: 100_000 }, (_, index) => [`id-${index}`]),
    );
    expect(state.features[0]).toMatchObject({ unseen: 100_000, present: 100_000 });
    expect(state.features[0]?.kind === 'categorical' && state.features[0].topUnseen.size).toBe(1_000);
  });
});

describe('JSON rows', () => {
  const mixed = baselineOf(
    ['x', 'flag', 'code'],
    [
      ['1', 'True', '5'],
      ['2', 'False', '7a'],
    ],
  );

  it('count null, absent and empty as missing, and what has another type as invalid', () => {
    const state = newWindowState(mixed);
    const [x, flag, code] = accumulatorsOf(mixed.baseline, state).features;
    for (const value of [1, '2', 1e300, Number.NaN, null, undefined, '', true, [1], { a: 1 }, 'x']) x?.addValue(value);
    for (const value of [true, false, 'True', null, ['a']]) flag?.addValue(value);
    for (const value of [5, '7a', 8]) code?.addValue(value);
    expect(state.features[0]).toMatchObject({ present: 2, missing: 3, invalid: 6 });
    expect(state.features[1]).toMatchObject({ present: 3, missing: 1, invalid: 1, unseen: 0 });
    expect(state.features[2]).toMatchObject({ present: 3, unseen: 1 });
  });
});

describe('a stored state', () => {
  it('is read back as it was', () => {
    fc.assert(
      fc.property(states, (state) => {
        const document: unknown = JSON.parse(JSON.stringify(serializeWindowState(state)));
        expect(serializeWindowState(parseWindowState(document, sealed))).toEqual(serializeWindowState(state));
      }),
    );
  });

  it('is below a megabyte for 200 features, numbers or texts', () => {
    const header = Array.from({ length: 200 }, (_, index) => `feature_${index}`);
    const numbers: Cells[] = Array.from({ length: 300 }, (_, row) =>
      header.map((_name, index) => String(Math.sin(row * (index + 1)) * 1e6)),
    );
    const texts: Cells[] = Array.from({ length: 300 }, (_, row) =>
      header.map((_name, index) => `value ${(row * 31) % (index + 60)}`),
    );
    const unseen: Cells[] = texts.map((row, index) =>
      row.map((text) => `${text} of ${index}, which nobody has ever seen`),
    );
    for (const [training, window] of [
      [numbers, numbers],
      [texts, unseen],
    ] as const) {
      const baseline = baselineOf(header, training);
      const document = JSON.stringify(serializeWindowState(windowOf(baseline, window)));
      expect(Buffer.byteLength(document)).toBeLessThan(1_000_000);
    }
  });

  it('is refused where it is none, is another baseline’s or has other columns', () => {
    const document = serializeWindowState(windowOf(sealed, TRAINING));
    const other = baselineOf(['x', 'c', 'score'], TRAINING.slice(1), { prediction: 'score' });
    expect(() => parseWindowState({}, sealed)).toThrow('another shape');
    expect(() => parseWindowState(document, other)).toThrow(`not ${other.sha256}`);
    expect(() => parseWindowState({ ...document, features: document.features.slice(1) }, sealed)).toThrow(
      'number of features',
    );
    expect(() => parseWindowState({ ...document, features: document.features.toReversed() }, sealed)).toThrow(
      'in the place of x',
    );
  });

  it('names at most 20 kinds of another shape', () => {
    const state = newWindowState(sealed);
    for (let columns = 0; columns < 50; columns += 1) {
      addSchemaMismatch(state, { expected: '2 columns', found: `${columns} columns` }, 2);
    }
    expect(state.schemaMismatches).toHaveLength(20);
    expect(state.schemaMismatches.every(({ records }) => records === 2)).toBe(true);
  });
});
