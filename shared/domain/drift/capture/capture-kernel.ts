import compiled from '../../../../.build/capture-kernel.json' with { type: 'json' };
import type { SealedBaseline } from '../baseline.ts';
import { categoryKey } from '../category-key.ts';
import { countUnseen, unseenCapacity } from '../count-unseen.ts';
import { newWindowState } from '../new-window-state.ts';
import { parseNumber } from '../parse-number.ts';
import type { FeatureState, WindowState } from '../window-state.ts';
import type { CaptureWindow } from './decode-record.ts';
import {
  EVENT_CAPACITY,
  FEATURE,
  type FeaturePlaces,
  INPUT_BYTES,
  type Layout,
  layOutMemory,
  SLOT_BYTES,
  TEMPLATE_SLOTS,
} from './lay-out-memory.ts';
import type { Segment } from './learn-template.ts';
import { LARGEST_POWER, SMALLEST_POWER } from './powers.ts';

/** What kernel/scan-lines.ts exports. */
type Exports = {
  placeFeatures(count: number, table: number, prediction: number, unnoticedHeader: boolean): void;
  placeScratch(cellsAt: number, cellsTo: number, answersAt: number, answersTo: number): void;
  placeEvents(at: number, capacity: number): void;
  placePowers(ofTen: number, ofFive: number, smallest: number, largest: number): void;
  setWindow(is: boolean, fromMillis: number, toMillis: number): void;
  setTemplates(at: number, count: number): void;
  scan(from: number, to: number): number;
  reset(): void;
  position: { value: number };
  records: { value: number };
  rows: { value: number };
  eventCount: { value: number };
};

const SCALARS = ['present', 'missing'] as const;
const NUMERIC_SCALARS = ['minimum', 'maximum', 'sumOfSquares', 'outOfRange'] as const;
const SEGMENT_BYTES = 16;
const EVENT_WORDS = 3;
const ODD_LINE = 1;

let kernel: WebAssembly.Module | undefined;

function instantiate(memory: WebAssembly.Memory): Exports {
  kernel ??= new WebAssembly.Module(Buffer.from(compiled.base64, 'base64'));
  const { exports } = new WebAssembly.Instance(kernel, { env: { memory } });
  // The compiler's own output, built from a source in this repository.
  return exports as Exports;
}

/**
 * The fast path: the kernel, its memory and the window's state, whose bins lie in that memory. The other fields of the state are
 * either the kernel's or the caller's: `takeState` hands them over, and the next `scan` takes them back.
 */
export class CaptureKernel {
  /** Where lines are put for `scan`. */
  readonly input: Buffer;
  private readonly layout: Layout;
  private readonly kernel: Exports;
  private readonly view: DataView;
  private readonly sealed: SealedBaseline;
  private state: WindowState;
  private featureStates: FeatureState[] = [];
  private hasWindow = false;
  private readonly unseenCapacity: number;
  private stateIsOurs = false;
  private templates: string[] = [];
  private learned = 0;

  constructor(sealed: SealedBaseline) {
    this.sealed = sealed;
    const { features, prediction } = sealed.baseline;
    this.layout = layOutMemory(sealed.baseline);
    const { memory, input, cells, answers, events } = this.layout;
    this.input = Buffer.from(memory.buffer, input, INPUT_BYTES);
    this.view = new DataView(memory.buffer);
    this.kernel = instantiate(memory);
    const table = this.layout.features[0]?.at ?? 0;
    const predictionAt = prediction === null ? 0 : (this.layout.features.at(-1)?.at ?? 0);
    const unnoticedHeader = features.every(({ kind, name }) => kind === 'categorical' || isNumber(name));
    this.kernel.placeFeatures(features.length, table, predictionAt, unnoticedHeader);
    this.kernel.placeScratch(cells.at, cells.to, answers.at, answers.to);
    this.kernel.placeEvents(events, EVENT_CAPACITY);
    this.kernel.placePowers(this.layout.powersOfTen, this.layout.powersOfFive, SMALLEST_POWER, LARGEST_POWER);
    this.unseenCapacity = unseenCapacity(sealed.baseline);
    this.state = this.begin(undefined);
  }

  /** Begins with an empty state; what was learned stays, so that the next of many small objects needs not teach it again. */
  begin(window: CaptureWindow | undefined): WindowState {
    const { memory } = this.layout;
    const { fromMillis, toMillis } = window ?? { fromMillis: 0, toMillis: 0 };
    // Without a window a record needs no time, and a template none either.
    if (this.hasWindow !== (window !== undefined)) this.forget();
    this.hasWindow = window !== undefined;
    this.kernel.setWindow(this.hasWindow, fromMillis, toMillis);
    this.state = newWindowState(this.sealed);
    this.featureStates = [...this.state.features, ...(this.state.prediction === null ? [] : [this.state.prediction])];
    this.forEachFeature((featureState, { counts, sums, bins }) => {
      featureState.counts = new Float64Array(memory.buffer, counts, bins).fill(0);
      if (featureState.kind === 'numeric') featureState.sums = new Float64Array(memory.buffer, sums, bins).fill(0);
    });
    this.stateIsOurs = false;
    return this.state;
  }

  /** The state as it is now, to be added to. */
  takeState(): WindowState {
    if (this.stateIsOurs) this.copyScalars('out');
    this.stateIsOurs = false;
    return this.state;
  }

  /** The state with its own memory. Before more is read, `begin` again. */
  finish(): WindowState {
    const state = this.takeState();
    for (const featureState of this.featureStates) {
      featureState.counts = featureState.counts.slice();
      if (featureState.kind === 'numeric') featureState.sums = featureState.sums.slice();
    }
    return state;
  }

  /**
   * Adds the lines of `input` in [from, to), each with its newline.
   * @returns the place of the first line that the slow path must read; `to` if there is none
   */
  scan(from: number, to: number): number {
    if (this.templates.length === 0) return from;
    if (!this.stateIsOurs) this.copyScalars('in');
    this.stateIsOurs = true;
    const { input } = this.layout;
    let place = from;
    while (place < to) {
      const why = this.kernel.scan(input + place, input + to);
      this.collect();
      place = this.kernel.position.value - input;
      if (why === ODD_LINE) break;
    }
    return place;
  }

  /** @returns whether the template is a new one */
  learn(segments: readonly Segment[]): boolean {
    const key = JSON.stringify(segments);
    const literals = segments.reduce((sum, { literal }) => sum + literal.length + SEGMENT_BYTES, 0);
    if (this.templates.includes(key) || segments.length * SEGMENT_BYTES + literals > SLOT_BYTES) return false;
    const slot = this.learned++ % TEMPLATE_SLOTS;
    this.templates[slot] = key;
    const { templateSlots, templateTable, memory } = this.layout;
    const at = templateSlots + slot * SLOT_BYTES;
    let text = at + segments.length * SEGMENT_BYTES;
    for (const [i, { literal, hole }] of segments.entries()) {
      const fields = [text, literal.length, hole];
      for (const [field, value] of fields.entries())
        this.view.setUint32(at + i * SEGMENT_BYTES + field * 4, value, true);
      Buffer.from(memory.buffer).write(literal, text, 'latin1');
      text += literal.length;
    }
    this.view.setUint32(templateTable + slot * 4, at, true);
    this.kernel.setTemplates(templateTable, this.templates.length);
    return true;
  }

  private forget(): void {
    this.templates = [];
    this.kernel.setTemplates(this.layout.templateTable, 0);
  }

  /** What `scan` counted outside the features' fields. */
  private collect(): void {
    const { events, memory } = this.layout;
    const count = this.kernel.eventCount.value;
    if (count > 0) {
      const words = new Int32Array(memory.buffer, events, count * EVENT_WORDS);
      for (let i = 0; i < words.length; i += EVENT_WORDS) {
        const [feature = -1, at = 0, length = 0] = words.subarray(i, i + EVENT_WORDS);
        const featureState = this.featureStates.at(feature);
        if (featureState?.kind !== 'categorical') continue;
        const value = Buffer.from(memory.buffer, at, length).toString('utf8');
        countUnseen(featureState.topUnseen, categoryKey(value), this.unseenCapacity);
      }
    }
    this.state.records += this.kernel.records.value;
    this.state.rows += this.kernel.rows.value;
    this.kernel.reset();
  }

  private copyScalars(direction: 'in' | 'out'): void {
    this.forEachFeature((featureState, { at }) => {
      const copy = <Key extends string>(fields: Record<Key, number>, key: Key & keyof typeof FEATURE) => {
        const place = at + FEATURE[key];
        if (direction === 'in') this.view.setFloat64(place, fields[key], true);
        else fields[key] = this.view.getFloat64(place, true) as (typeof fields)[Key];
      };
      for (const key of SCALARS) copy(featureState, key);
      if (featureState.kind === 'categorical') copy(featureState, 'unseen');
      else for (const key of NUMERIC_SCALARS) copy(featureState, key);
    });
  }

  private forEachFeature(visit: (featureState: FeatureState, places: FeaturePlaces) => void): void {
    for (const [i, featureState] of this.featureStates.entries()) {
      const places = this.layout.features[i];
      if (places !== undefined) visit(featureState, places);
    }
  }
}

/**
 * Whether the kernel can tell what the slow path would: a category that holds U+FFFD stands for bytes that are no UTF-8 too, and a
 * header line must show itself by a name in a column of numbers, or by its first name not being a category.
 */
export function kernelCanRead({ features, prediction }: SealedBaseline['baseline']): boolean {
  const values = [...features, prediction].flatMap((feature) =>
    feature?.kind === 'categorical' ? feature.domain : [],
  );
  if (values.some(({ value }) => !value.isWellFormed() || value.includes('\uFFFD'))) return false;
  const [first] = features;
  if (features.some(({ kind, name }) => kind === 'numeric' && !isNumber(name))) return true;
  return first?.kind === 'categorical' && first.domain.every(({ value }) => value !== first.name);
}

function isNumber(text: string): boolean {
  return parseNumber(text) !== undefined;
}
