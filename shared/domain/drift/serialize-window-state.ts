import * as z from 'zod';
import { ContractBroken } from '../faults.ts';
import { Sha256 } from '../identifiers.ts';
import type { BaselineFeature, SealedBaseline } from './baseline.ts';
import type { FeatureState, WindowState } from './window-state.ts';

const Count = z.number().int().min(0);
const Values = { present: Count, missing: Count, invalid: Count };

const NumericDocument = z.strictObject({
  kind: z.literal('numeric'),
  ...Values,
  /** Null while nothing is present. */
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  sumOfSquares: z.number().min(0),
  outOfRange: Count,
  counts: z.array(Count).max(80),
  sums: z.array(z.number()).max(80),
});

const CategoricalDocument = z.strictObject({
  kind: z.literal('categorical'),
  ...Values,
  /** Without the zeros at its end: a domain stands in falling order. */
  counts: z.array(Count).max(10_000),
  unseen: Count,
  topUnseen: z.array(z.tuple([z.string(), Count])).max(1_000),
});

const FeatureDocument = z.discriminatedUnion('kind', [NumericDocument, CategoricalDocument]);
type FeatureDocument = z.infer<typeof FeatureDocument>;

/** A state as it is stored between the readers of a window and its judge: JSON, below 1 MB for 200 features. */
export const WindowStateDocument = z.strictObject({
  schema: z.literal('mlops/drift-window-state/v1'),
  baselineSha256: Sha256,
  records: Count,
  rows: Count,
  invalidRecords: Count,
  schemaMismatches: z.array(z.strictObject({ expected: z.string(), found: z.string(), records: Count })).max(20),
  features: z.array(FeatureDocument),
  prediction: FeatureDocument.nullable(),
});
export type WindowStateDocument = z.infer<typeof WindowStateDocument>;

export function serializeWindowState(state: WindowState): WindowStateDocument {
  return {
    schema: 'mlops/drift-window-state/v1',
    baselineSha256: state.baselineSha256,
    records: state.records,
    rows: state.rows,
    invalidRecords: state.invalidRecords,
    schemaMismatches: state.schemaMismatches,
    features: state.features.map(serializeFeature),
    prediction: state.prediction && serializeFeature(state.prediction),
  };
}

/** Throws ContractBroken for a document that is none, or that was counted against another baseline. */
export function parseWindowState(json: unknown, { baseline, sha256 }: SealedBaseline): WindowState {
  const parsed = WindowStateDocument.safeParse(json);
  if (!parsed.success) throw new ContractBroken('a stored window state has another shape', { cause: parsed.error });
  const document = parsed.data;
  if (document.baselineSha256 !== sha256) {
    throw new ContractBroken(
      `a stored window state was counted against the baseline ${document.baselineSha256}, not ${sha256}`,
    );
  }
  if (document.features.length !== baseline.features.length) {
    throw new ContractBroken('a stored window state has another number of features than its baseline');
  }
  const { records, rows, invalidRecords, schemaMismatches } = document;
  return {
    baselineSha256: sha256,
    records,
    rows,
    invalidRecords,
    schemaMismatches,
    features: baseline.features.map((feature, index) => parseFeature(document.features[index], feature)),
    prediction: baseline.prediction && parseFeature(document.prediction ?? undefined, baseline.prediction),
  };
}

function serializeFeature(state: FeatureState): FeatureDocument {
  const { present, missing, invalid } = state;
  if (state.kind === 'categorical') {
    const { kind, unseen } = state;
    const used = state.counts.findLastIndex((count) => count > 0) + 1;
    const topUnseen = [...state.topUnseen].sort(([a], [b]) => (a < b ? -1 : 1));
    return { kind, present, missing, invalid, counts: [...state.counts.slice(0, used)], unseen, topUnseen };
  }
  const { kind, sumOfSquares, outOfRange } = state;
  return {
    kind,
    present,
    missing,
    invalid,
    minimum: present === 0 ? null : state.minimum,
    maximum: present === 0 ? null : state.maximum,
    sumOfSquares,
    outOfRange,
    counts: [...state.counts],
    sums: [...state.sums],
  };
}

function parseFeature(document: FeatureDocument | undefined, feature: BaselineFeature): FeatureState {
  if (document?.kind === 'numeric' && feature.kind === 'numeric') {
    const bins = feature.edges.length + 1;
    if (document.counts.length === bins && document.sums.length === bins) {
      return {
        ...document,
        minimum: document.minimum ?? Number.POSITIVE_INFINITY,
        maximum: document.maximum ?? Number.NEGATIVE_INFINITY,
        counts: Float64Array.from(document.counts),
        sums: Float64Array.from(document.sums),
      };
    }
  }
  if (document?.kind === 'categorical' && feature.kind === 'categorical') {
    if (document.counts.length <= feature.domain.length) {
      const counts = new Float64Array(feature.domain.length);
      counts.set(document.counts);
      return { ...document, counts, topUnseen: new Map(document.topUnseen) };
    }
  }
  throw new ContractBroken(`a stored window state has another column in the place of ${feature.name}`);
}
