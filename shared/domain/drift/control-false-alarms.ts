import { falseDiscoveryRates } from './false-discovery.ts';
import type { MeasuredFeature } from './measure-feature.ts';

/** A feature with the q-values of all its tests. */
export type TestedFeature = MeasuredFeature & {
  /** Of its distribution; null where nothing could be compared. */
  distributionQ: number | null;
  /** In the order of `changes`. */
  changeQs: number[];
};

/**
 * Gives every test its q: one family of the tests of distributions over all columns, one of the tests of shares, so that a window of 200 features
 * raises no more false alarms than one of two.
 */
export function controlFalseAlarms(columns: readonly MeasuredFeature[]): TestedFeature[] {
  const distributions = columns.map(({ drift }) => testOf(drift)?.pValue);
  const distributionQs = falseDiscoveryRates(distributions.filter((pValue) => pValue !== undefined)).values();
  const changeQs = falseDiscoveryRates(columns.flatMap(({ changes }) => changes.map(({ pValue }) => pValue))).values();
  return columns.map((column) => {
    const distributionQ = testOf(column.drift) ? (distributionQs.next().value ?? null) : null;
    return {
      drift: distributionQ === null ? column.drift : withQ(column.drift, distributionQ),
      changes: column.changes,
      distributionQ,
      changeQs: column.changes.map(() => changeQs.next().value ?? 1),
    };
  });
}

function testOf(drift: MeasuredFeature['drift']): { pValue: number } | null {
  return drift.kind === 'numeric' ? drift.ks : drift.chiSquare;
}

function withQ(drift: MeasuredFeature['drift'], qValue: number): MeasuredFeature['drift'] {
  return drift.kind === 'numeric'
    ? { ...drift, ks: drift.ks && { ...drift.ks, qValue } }
    : { ...drift, chiSquare: drift.chiSquare && { ...drift.chiSquare, qValue } };
}
