import type { Baseline, SealedBaseline } from '../../../../shared/domain/drift/baseline.ts';

const SHA256 = 'a'.repeat(64);

export function numericFeature(name: string, edges: number[]) {
  const bins = new Array<number>(edges.length + 1).fill(1);
  return {
    ...{ name, kind: 'numeric' as const, present: bins.length, missing: 0, invalid: 0 },
    ...{ mean: 1, standardDeviation: 1, minimum: -50, maximum: 1_000, edges, counts: bins, sums: bins, deciles: [] },
  };
}

export function categoricalFeature(name: string, values: string[]) {
  const domain = values.map((value) => ({ value, count: 1 }));
  return { name, kind: 'categorical' as const, present: values.length, missing: 0, invalid: 0, domain, other: 0 };
}

/** distance, carrier, delay, and the prediction `score`: what the tests' records are made of. */
export function sampleBaseline(changes: Partial<Baseline> = {}): SealedBaseline {
  const baseline: Baseline = {
    ...{ schema: 'mlops/drift-baseline/v1', model: null, rows: 3, approximate: false },
    features: [
      numericFeature('distance', [0, 1, 10, 69, 100.5, 1e6]),
      categoricalFeature('carrier', ['AA', 'DL', 'Ünited', 'a "quoted" one', '7', 'True', 'x'.repeat(100)]),
      numericFeature('delay', []),
    ],
    prediction: numericFeature('score', [0.1, 0.25, 0.5]),
    ...changes,
  };
  return { baseline, sha256: SHA256 };
}
