import { describe, expect, it } from '@jest/globals';
import { accumulatorsOf } from '../../../shared/domain/drift/accumulate.ts';
import type { SealedBaseline } from '../../../shared/domain/drift/baseline.ts';
import { judgeWindow } from '../../../shared/domain/drift/judge-window.ts';
import { newWindowState } from '../../../shared/domain/drift/new-window-state.ts';
import type { WindowState } from '../../../shared/domain/drift/window-state.ts';
import { baselineOf, normal, seededRandom } from './drift-samples.ts';

const WINDOWS = 200;
const ROWS = 1_000;

/** Twenty columns as data has them: even, bell-shaped, skewed, whole, rare, of few and of hundreds of categories, with gaps. */
function rowFrom(random: () => number): (string | number)[] {
  const bell = normal(random);
  const place = Math.floor(random() ** 2 * 300);
  return [
    random(),
    bell,
    bell + normal(random) / 10,
    Math.exp(normal(random)),
    Math.exp(2 * normal(random)),
    -Math.log(1 - random()),
    Math.floor(random() * 24),
    Math.floor(-3 * Math.log(1 - random())),
    random() < 0.01 ? 1 : 0,
    random() < 0.5 ? normal(random) - 3 : normal(random) + 3,
    random() < 0.3 ? '' : normal(random),
    1.7e9 + Math.floor(random() * 86_400),
    7,
    `carrier-${Math.floor(random() * 12)}`,
    `airport-${place}`,
    `tail-${Math.floor(random() * 3_000)}`,
    random() < 0.98 ? 'no' : 'yes',
    random() < 0.2 ? '' : `kind-${Math.floor(random() * 5)}`,
    normal(random) ** 3,
    place / 10,
    random() ** 4,
  ];
}

function quietWindow(sealed: SealedBaseline, random: () => number): WindowState {
  const state = newWindowState(sealed);
  const { features, prediction } = accumulatorsOf(sealed.baseline, state);
  for (; state.rows < ROWS; state.rows += 1) {
    const row = rowFrom(random);
    for (const [index, feature] of features.entries()) feature.addValue(row[index]);
    prediction?.addValue(row[features.length]);
  }
  return state;
}

describe('windows in which nothing changed', () => {
  it('are ok in at least 95 of 100 cases, at 1,000 rows and 20 features', () => {
    const random = seededRandom(2_026);
    const header = Array.from({ length: 21 }, (_, index) => `f${index}`);
    const training = Array.from({ length: 10_000 }, () => rowFrom(random).map(String));
    const sealed = baselineOf(header, training, { prediction: 'f20' });
    const verdicts = Array.from({ length: WINDOWS }, () => {
      return judgeWindow(sealed, quietWindow(sealed, random), { alertShare: 0 }).verdict;
    });
    expect(verdicts.filter((verdict) => verdict !== 'ok').length).toBeLessThanOrEqual(WINDOWS * 0.05);
  }, 300_000);
});
