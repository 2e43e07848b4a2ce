import { domainIndex } from '../accumulate.ts';
import type { Baseline, BaselineFeature } from '../baseline.ts';
import { powersOfFive, powersOfTen } from './powers.ts';

/** Bytes of a feature in the kernel's memory, and where its fields stand; kernel/scan-lines.ts mirrors them. */
export const FEATURE_BYTES = 128;
export const FEATURE = {
  kind: 0,
  edges: 8,
  counts: 12,
  sums: 16,
  table: 20,
  tableMask: 24,
  baselineMinimum: 32,
  baselineMaximum: 40,
  present: 48,
  missing: 56,
  minimum: 64,
  maximum: 72,
  sumOfSquares: 80,
  outOfRange: 88,
  unseen: 96,
} as const;

const CELL_BYTES = 16;
const EVENT_BYTES = 12;
const ENTRY_BYTES = 16;
/** The kernel may look this far beyond what it compares. */
const PADDING = 64;

/** Longer lines are rare, and read by the slow path: the buffer stays in the processor's second cache. */
export const INPUT_BYTES = 256 * 1024;
export const EVENT_CAPACITY = 4_096;
export const TEMPLATE_SLOTS = 8;
export const SLOT_BYTES = 32 * 1024;
const FEWEST_CELLS = 16_384;
const ANSWERS = 4_096;

export type FeaturePlaces = { at: number; counts: number; sums: number; bins: number };

/** Where everything lies. Nothing moves afterwards: the memory doesn't grow. */
export type Layout = {
  memory: WebAssembly.Memory;
  input: number;
  cells: { at: number; to: number };
  answers: { at: number; to: number };
  events: number;
  powersOfTen: number;
  powersOfFive: number;
  templateTable: number;
  templateSlots: number;
  /** The prediction, if there is one, comes last. */
  features: FeaturePlaces[];
};

/** A domain as the kernel looks values up in it: a hash table of the values' bytes. */
type Domain = { entries: { hash: number; index: number; bytes: Uint8Array }[]; slots: number };

export function layOutMemory({ features, prediction }: Baseline): Layout {
  const fives = powersOfFive();
  const all = prediction === null ? features : [...features, prediction];
  const domains = all.map((feature) => (feature.kind === 'categorical' ? domainOf(feature) : undefined));
  let end = 1_024;
  const reserve = (bytes: number) => {
    const at = end;
    end = (end + bytes + PADDING + 15) & ~15;
    return at;
  };
  const cellBytes = Math.max(features.length * 4, FEWEST_CELLS) * CELL_BYTES;
  const places = {
    input: reserve(INPUT_BYTES),
    cells: range(reserve(cellBytes), cellBytes),
    answers: range(reserve(ANSWERS * CELL_BYTES), ANSWERS * CELL_BYTES),
    events: reserve(EVENT_CAPACITY * EVENT_BYTES),
    powersOfTen: reserve(23 * 8),
    powersOfFive: reserve(fives.byteLength),
    templateTable: reserve(TEMPLATE_SLOTS * 4),
    templateSlots: reserve(TEMPLATE_SLOTS * SLOT_BYTES),
  };
  const table = reserve(all.length * FEATURE_BYTES);
  const parts = all.map((feature, i) => ({
    feature,
    domain: domains[i],
    at: table + i * FEATURE_BYTES,
    bins: binsOf(feature),
    counts: reserve(binsOf(feature) * 8),
    sums: feature.kind === 'numeric' ? reserve(binsOf(feature) * 8) : 0,
    edges: feature.kind === 'numeric' ? reserve(8 * EDGE_PLACES) : 0,
    table: reserve((domains[i]?.slots ?? 0) * ENTRY_BYTES),
    values: reserve((domains[i]?.entries ?? []).reduce((sum, { bytes }) => sum + bytes.length, 0)),
  }));
  const pages = Math.ceil((end + PADDING) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const view = new DataView(memory.buffer);
  new Float64Array(memory.buffer, places.powersOfTen, 23).set(powersOfTen());
  new BigUint64Array(memory.buffer, places.powersOfFive, fives.length).set(fives);
  for (const part of parts) writeFeature(view, part);
  return { memory, ...places, features: parts.map(({ at, counts, sums, bins }) => ({ at, counts, sums, bins })) };
}

function range(at: number, bytes: number): { at: number; to: number } {
  return { at, to: at + bytes };
}

function binsOf(feature: BaselineFeature): number {
  return feature.kind === 'numeric' ? feature.edges.length + 1 : feature.domain.length;
}

/** Nine groups of eight edges, behind the eight edges that stand between the groups: how the kernel looks for a bin. */
const GROUP = 8;
const EDGE_PLACES = GROUP + 9 * GROUP;

/** Where the edge at this position of the baseline is put. */
function edgePlace(position: number): number {
  const group = Math.floor(position / (GROUP + 1));
  const within = position % (GROUP + 1);
  return within === GROUP ? group : GROUP + group * GROUP + within;
}

type Part = {
  feature: BaselineFeature;
  domain: Domain | undefined;
  at: number;
  counts: number;
  sums: number;
  edges: number;
  table: number;
  values: number;
};

function writeFeature(view: DataView, { feature, domain, at, counts, sums, edges, table, values }: Part): void {
  const word = (field: number, value: number) => view.setUint32(at + field, value, true);
  const double = (place: number, value: number) => view.setFloat64(place, value, true);
  word(FEATURE.kind, feature.kind === 'numeric' ? 0 : 1);
  word(FEATURE.counts, counts);
  if (feature.kind === 'numeric') {
    word(FEATURE.edges, edges);
    word(FEATURE.sums, sums);
    for (let i = 0; i < EDGE_PLACES; i++)
      double(edges + edgePlace(i) * 8, feature.edges[i] ?? Number.POSITIVE_INFINITY);
    // Without a range in the baseline every value is out of it.
    double(at + FEATURE.baselineMinimum, feature.minimum ?? Number.POSITIVE_INFINITY);
    double(at + FEATURE.baselineMaximum, feature.maximum ?? Number.NEGATIVE_INFINITY);
    return;
  }
  const { entries = [], slots = 1 } = domain ?? {};
  word(FEATURE.table, table);
  word(FEATURE.tableMask, slots - 1);
  let text = values;
  for (const { hash, index, bytes } of entries) {
    let slot = (hash & (slots - 1)) >>> 0;
    while (view.getUint32(table + slot * ENTRY_BYTES + 4, true) !== 0) slot = (slot + 1) & (slots - 1);
    const entry = table + slot * ENTRY_BYTES;
    for (const [i, value] of [hash, index + 1, text, bytes.length].entries())
      view.setUint32(entry + i * 4, value, true);
    new Uint8Array(view.buffer).set(bytes, text);
    text += bytes.length;
  }
}

function domainOf(feature: BaselineFeature & { kind: 'categorical' }): Domain {
  const entries = [...domainIndex(feature)].map(([value, index]) => {
    const bytes = new TextEncoder().encode(value);
    return { hash: hashBytes(bytes), index, bytes };
  });
  return { entries, slots: 2 << (32 - Math.clz32(entries.length)) };
}

/** FNV-1a with 32 bits. */
function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
