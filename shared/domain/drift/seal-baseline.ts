import { canonicalJson, digestOf } from '../canonical-json.ts';
import { Baseline, type BaselineFeature, type SealedBaseline } from './baseline.ts';

/** The bytes of `baseline.json` are the baseline's canonical JSON: {@link SealedBaseline.sha256} is their digest. */
export function writeBaseline(baseline: Baseline): string {
  return canonicalJson(baseline);
}

export function sealBaseline(baseline: Baseline): SealedBaseline {
  return { baseline, sha256: digestOf(baseline) };
}

export type ReadBaseline = { outcome: 'read'; sealed: SealedBaseline } | { outcome: 'refused'; sentence: string };

/** A baseline from parsed JSON; refused, with a sentence for people, where it is none or contradicts itself. */
export function readBaseline(json: unknown): ReadBaseline {
  const parsed = Baseline.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
    return { outcome: 'refused', sentence: `This is no drift baseline (mlops/drift-baseline/v1)${place}.` };
  }
  const baseline = parsed.data;
  const contradiction = contradictionIn(baseline);
  return contradiction === undefined
    ? { outcome: 'read', sealed: sealBaseline(baseline) }
    : { outcome: 'refused', sentence: contradiction };
}

function contradictionIn(baseline: Baseline): string | undefined {
  const names = new Set<string>();
  for (const feature of baseline.features) {
    if (names.has(feature.name)) return `The baseline has two features named ${feature.name}.`;
    names.add(feature.name);
  }
  for (const feature of [...baseline.features, ...(baseline.prediction ? [baseline.prediction] : [])]) {
    const contradiction = contradictionOf(feature, baseline.rows);
    if (contradiction !== undefined) return `The baseline's column ${feature.name} ${contradiction}.`;
  }
  return undefined;
}

function contradictionOf(feature: BaselineFeature, rows: number): string | undefined {
  if (feature.present + feature.missing + feature.invalid !== rows)
    return 'does not count as many rows as the baseline';
  if (feature.kind === 'categorical') {
    if (new Set(feature.domain.map(({ value }) => value)).size !== feature.domain.length) return 'names a value twice';
    return sumOf(feature.domain.map(({ count }) => count)) + feature.other === feature.present
      ? undefined
      : 'has values that do not add up';
  }
  const { edges, counts, sums, deciles } = feature;
  if (counts.length !== edges.length + 1 || sums.length !== counts.length) return 'has not one bin more than edges';
  if (!rises(edges)) return 'has edges that do not rise';
  if (!rises(deciles) || deciles.some((position) => position >= edges.length)) return 'has deciles that are no edges';
  // Another tool's sketch may count in fractions.
  if (Math.abs(sumOf(counts) - feature.present) > 0.5) return 'has bins that do not add up';
  const moments = [feature.mean, feature.standardDeviation, feature.minimum, feature.maximum];
  return moments.some((moment) => (moment === null) !== (feature.present === 0)) ? 'lacks its moments' : undefined;
}

function rises(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? Number.NEGATIVE_INFINITY));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
