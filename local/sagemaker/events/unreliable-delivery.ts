/** How unreliably events are delivered. */
export type Unreliability = {
  /** Shares of 0 to 1. */
  drop: number;
  duplicate: number;
  /** Later events may overtake. */
  reorder: boolean;
  delayMs: number;
  seed: number;
};

/** The setting can't be read; the message says what it looks like. */
export class EventsSettingWrong extends Error {
  override readonly name = 'EventsSettingWrong';
}

/** How far events are moved apart to be reordered. */
const REORDERED_WITHIN_MS = 1_000;
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

/** Reads `drop:0.2,duplicate:0.3,reorder,delay:2s,seed:42`, any of them. @throws EventsSettingWrong */
export function parseUnreliability(text: string, newSeed: () => number): Unreliability {
  const setting: Unreliability = { drop: 0, duplicate: 0, reorder: false, delayMs: 0, seed: newSeed() };
  for (const part of text.split(',').map((each) => each.trim())) {
    const [name = '', value, ...more] = part.split(':');
    if (more.length > 0) throw wrong(part);
    if (name === 'drop' || name === 'duplicate') setting[name] = shareOf(part, value);
    else if (name === 'delay') setting.delayMs = durationOf(part, value);
    else if (name === 'seed') setting.seed = seedOf(part, value);
    else if (name === 'reorder' && value === undefined) setting.reorder = true;
    else throw wrong(part);
  }
  return setting;
}

/**
 * Answers for one event after the other after how many milliseconds to deliver it: none for one that is dropped, two for one
 * that comes twice. The same seed gives the same answers.
 */
export function unreliableDelivery(setting: Unreliability): () => number[] {
  const random = randomOf(setting.seed);
  return () => {
    // As many draws for each event, so that one share doesn't change what the others do.
    const [drop, duplicate, first, second] = [random(), random(), random(), random()];
    if (drop < setting.drop) return [];
    const delays = duplicate < setting.duplicate ? [first, second] : [first];
    return delays.map((draw) => setting.delayMs + (setting.reorder ? Math.floor(draw * REORDERED_WITHIN_MS) : 0));
  };
}

function shareOf(part: string, value: string | undefined): number {
  const share = Number(value);
  if (value === undefined || value === '' || !(share >= 0 && share <= 1)) throw wrong(part);
  return share;
}

function durationOf(part: string, value: string | undefined): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(value ?? '') ?? [];
  const factor = UNITS[unit];
  if (factor === undefined) throw wrong(part);
  return Math.round(Number(number) * factor);
}

function seedOf(part: string, value: string | undefined): number {
  if (!/^\d{1,9}$/.test(value ?? '')) throw wrong(part);
  return Number(value);
}

function wrong(part: string): EventsSettingWrong {
  return new EventsSettingWrong(
    `LOCAL_SAGEMAKER_EVENTS has "${part}": write any of drop:0.2, duplicate:0.3, reorder, delay:2s (or ms, m) and seed:42, with commas between. drop and duplicate are shares from 0 to 1.`,
  );
}

/** Mulberry32: numbers from 0 to 1 that depend on the seed alone. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
