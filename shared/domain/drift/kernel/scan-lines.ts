/**
 * AssemblyScript, compiled by scripts/compile-kernel.mjs: reads the lines of a capture file that look like a line it was shown
 * before, and adds them to the window's state, which lies in the same memory (see lay-out-memory.ts, which mirrors the offsets).
 *
 * A template is such a line, cut at the places where lines differ: constant bytes, then a hole, and so on. A line that leaves the
 * template, or holds anything but plain numbers and plain text, is handed back untouched, so that what is read here is read
 * exactly as the slow path would read it.
 */

/** Why `scan` came back. */
const DONE = 0;
const ODD_LINE = 1;
const UNSEEN_FULL = 2;

/** Kinds of hole; `Hole` of learn-template.ts. The last, a string of no interest, is the default. */
const HOLE_END = 0;
const HOLE_TEXT = 1;
const HOLE_SCALAR = 2;
const HOLE_TIME = 3;
const HOLE_ROWS = 4;
const HOLE_ANSWERS = 5;
const HOLE_ANSWER = 6;

/** A segment of a template. */
const SEGMENT_BYTES = 16;
const SEGMENT_LITERAL = 0;
const SEGMENT_LENGTH = 4;
const SEGMENT_HOLE = 8;

/** A feature; FEATURE of lay-out-memory.ts. */
const FEATURE_BYTES = 128;
const KIND = 0;
const EDGES = 8;
const COUNTS = 12;
const SUMS = 16;
const TABLE = 20;
const TABLE_MASK = 24;
const BASE_MINIMUM = 32;
const BASE_MAXIMUM = 40;
const PRESENT = 48;
const MISSING = 56;
const MINIMUM = 64;
const MAXIMUM = 72;
const SUM_OF_SQUARES = 80;
const OUT_OF_RANGE = 88;
const UNSEEN = 96;
const NUMERIC = 0;
/** Longer ones are cut (see category-key.ts), which is left to the slow path; in UTF-8 a text has no fewer bytes than characters. */
const LONGEST_CATEGORY: usize = 100;

/** An entry of a feature's table of categories; its index is that of the domain plus one, 0 where the entry is free. */
const ENTRY_BYTES = 16;

/** A value that was read and not yet added. */
const CELL_BYTES = 16;
const CELL_TAG = 8;
const CELL_LENGTH = 12;
const TAG_NUMBER = 0;
const TAG_MISSING = 1;
const TAG_CATEGORY = 2;
const TAG_UNSEEN = 3;

/** A value outside the domain, left for the host: feature (-1: the prediction), place, length. */
const EVENT_BYTES = 12;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;

let featureCount: i32 = 0;
let features: usize = 0;
let prediction: usize = 0;
let templates: usize = 0;
let cells: usize = 0;
let cellsEnd: usize = 0;
let answers: usize = 0;
let answersEnd: usize = 0;
let events: usize = 0;
let eventCapacity: i32 = 0;
let powersOfTen: usize = 0;
let powersOfFive: usize = 0;
let smallestPower: i32 = 0;
let largestPower: i32 = 0;
let headerMayComeUnnoticed: bool = false;
let hasWindow: bool = false;
let fromMillis: f64 = 0;
let toMillis: f64 = 0;

/** Where the line begins at which `scan` stopped. */
export let position: i32 = 0;
/** Since the last `reset`. */
export let records: i32 = 0;
export let rows: i32 = 0;
export let eventCount: i32 = 0;
export let templateCount: i32 = 0;

let current: i32 = 0;

export function placeFeatures(count: i32, table: usize, predictionAt: usize, unnoticedHeader: bool): void {
  featureCount = count;
  features = table;
  prediction = predictionAt;
  headerMayComeUnnoticed = unnoticedHeader;
}

export function placeScratch(cellsAt: usize, cellsTo: usize, answersAt: usize, answersTo: usize): void {
  cells = cellsAt;
  cellsEnd = cellsTo;
  answers = answersAt;
  answersEnd = answersTo;
}

export function placeEvents(at: usize, capacity: i32): void {
  events = at;
  eventCapacity = capacity;
}

export function placePowers(ofTen: usize, ofFive: usize, smallest: i32, largest: i32): void {
  powersOfTen = ofTen;
  powersOfFive = ofFive;
  smallestPower = smallest;
  largestPower = largest;
}

/** Records of this time only; from inclusive, to exclusive. */
export function setWindow(is: bool, from: f64, to: f64): void {
  hasWindow = is;
  fromMillis = from;
  toMillis = to;
}

/** `at` holds the address of the first segment of each template. */
export function setTemplates(at: usize, count: i32): void {
  templates = at;
  templateCount = count;
  current = 0;
}

export function reset(): void {
  records = 0;
  rows = 0;
  eventCount = 0;
}

/** What the last match left behind. */
let cellsTo: usize = 0;
let answersTo: usize = 0;
let unseenInLine: i32 = 0;
let time: f64 = 0;
let number: f64 = 0;

/** Adds the lines in [from, to), of which each ends in a newline. Answers why it stopped, and leaves `position` there. */
export function scan(from: i32, to: i32): i32 {
  let line: usize = from;
  const end: usize = to;
  while (line < end) {
    let next = templateCount > 0 ? match(line, current) : 0;
    if (next === 0) {
      for (let i = 0; i < templateCount && next === 0; i++) {
        if (i === current) continue;
        next = match(line, i);
        if (next !== 0) current = i;
      }
    }
    if (next === 0) {
      position = <i32>line;
      return ODD_LINE;
    }
    if (!hasWindow || (time >= fromMillis && time < toMillis)) {
      if (eventCount + unseenInLine > eventCapacity) {
        position = <i32>line;
        // A single line with more of them than fit is the host's.
        return eventCount === 0 ? ODD_LINE : UNSEEN_FULL;
      }
      add();
    }
    line = next;
  }
  position = <i32>line;
  return DONE;
}

/** Where the next line begins, or 0 if this line is no such line. */
function match(line: usize, index: i32): usize {
  let segment: usize = load<u32>(templates + ((<usize>index) << 2));
  let p = line;
  cellsTo = cells;
  answersTo = answers;
  unseenInLine = 0;
  while (true) {
    const length: usize = load<u32>(segment, SEGMENT_LENGTH);
    if (!sameBytes(p, load<u32>(segment, SEGMENT_LITERAL), length)) return 0;
    p += length;
    switch (load<u32>(segment, SEGMENT_HOLE)) {
      case HOLE_END: {
        if (load<u8>(p) === 0x0d) p++;
        return load<u8>(p) === 0x0a ? p + 1 : 0;
      }
      case HOLE_TEXT: {
        p = skipText(p);
        break;
      }
      case HOLE_ROWS: {
        p = readRows(p);
        break;
      }
      case HOLE_TIME: {
        p = readTime(p);
        break;
      }
      case HOLE_ANSWERS: {
        p = readAnswers(p);
        break;
      }
      case HOLE_ANSWER: {
        p = readNumber(p);
        if (p !== 0) p = keepAnswer(p);
        break;
      }
      case HOLE_SCALAR: {
        p = skipScalar(p);
        break;
      }
      default: {
        p = skipString(p);
      }
    }
    if (p === 0) return 0;
    segment += SEGMENT_BYTES;
  }
}

/** Templates and input are padded: reading up to 15 bytes beyond the end is harmless, and what is read there is ignored. */
function sameBytes(a: usize, b: usize, length: usize): bool {
  let done: usize = 0;
  while (done + 16 <= length) {
    if (v128.any_true(v128.xor(v128.load(a + done), v128.load(b + done)))) return false;
    done += 16;
  }
  if (done === length) return true;
  const different = ~i8x16.bitmask(i8x16.eq(v128.load(a + done), v128.load(b + done)));
  return (different & ((1 << (<i32>(length - done))) - 1)) === 0;
}

/** Up to the first quote, backslash or control character. */
function skipText(p: usize): usize {
  const quote = i8x16.splat(<i8>QUOTE);
  const backslash = i8x16.splat(<i8>BACKSLASH);
  const space = i8x16.splat(0x20);
  while (true) {
    const bytes = v128.load(p);
    const stops = v128.or(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)), i8x16.lt_u(bytes, space));
    const mask = i8x16.bitmask(stops);
    if (mask !== 0) return p + ctz(mask);
    p += 16;
  }
}

/** Up to the closing quote; simple escapes are fine. */
function skipString(p: usize): usize {
  while (true) {
    p = skipText(p);
    const byte: u32 = load<u8>(p);
    if (byte === QUOTE) return p;
    if (byte !== BACKSLASH) return 0;
    const escaped: u32 = load<u8>(p, 1);
    // " \ / b f n r t
    if (
      escaped !== QUOTE &&
      escaped !== BACKSLASH &&
      escaped !== 0x2f &&
      escaped !== 0x62 &&
      escaped !== 0x66 &&
      escaped !== 0x6e &&
      escaped !== 0x72 &&
      escaped !== 0x74
    )
      return 0;
    p += 2;
  }
}

/** A number, true, false or null of a JSON document, of no interest. */
function skipScalar(p: usize): usize {
  const word = load<u32>(p);
  if (word === 0x65757274 || word === 0x6c6c756e) return p + 4;
  if (word === 0x736c6166 && load<u8>(p, 4) === 0x65) return p + 5;
  return readNumber(p);
}

function digitsAt(p: usize, count: i32): i32 {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit: u32 = <u32>load<u8>(p + i) - 48;
    if (digit > 9) return -1;
    value = value * 10 + <i32>digit;
  }
  return value;
}

/** `2026-02-14T17:25:49Z`, and no other form of it. Without a window a record's time is of no interest, as in the slow path. */
function readTime(p: usize): usize {
  if (!hasWindow) return skipText(p);
  const year = digitsAt(p, 4);
  const month = digitsAt(p + 5, 2);
  const day = digitsAt(p + 8, 2);
  const hour = digitsAt(p + 11, 2);
  const minute = digitsAt(p + 14, 2);
  const second = digitsAt(p + 17, 2);
  // '-' '-' 'T' ':' ':' 'Z'
  if (load<u8>(p, 4) !== 0x2d || load<u8>(p, 7) !== 0x2d || load<u8>(p, 10) !== 0x54) return 0;
  if (load<u8>(p, 13) !== 0x3a || load<u8>(p, 16) !== 0x3a || load<u8>(p, 19) !== 0x5a) return 0;
  if (year < 1970 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23) return 0;
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return 0;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  if (day > days) return 0;
  // Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is the last.
  const shifted = month <= 2 ? year - 1 : year;
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  const epochDay = era * 146097 + dayOfEra - 719468;
  time = <f64>epochDay * 86_400_000 + <f64>(hour * 3600 + minute * 60 + second) * 1000;
  return p + 20;
}

/** Rows of CSV in a JSON string: `1,2,AA\n3,4,BB`. Answers the place of the closing quote. */
function readRows(p: usize): usize {
  const columns = featureCount;
  while (load<u8>(p) !== QUOTE) {
    let feature = features;
    let cell = cellsTo;
    if (cell + <usize>columns * CELL_BYTES > cellsEnd) return 0;
    // A row that is empty is none; with one column it can't be told from a missing value here.
    if (load<u8>(p) === BACKSLASH) return 0;
    for (let column = 0; column < columns; column++) {
      if (load<u32>(feature, KIND) === NUMERIC) {
        const first: u32 = load<u8>(p);
        if (first === COMMA || first === QUOTE || first === BACKSLASH) {
          store<u32>(cell, TAG_MISSING, CELL_TAG);
        } else {
          p = readNumber(p);
          if (p === 0) return 0;
          store<f64>(cell, number);
          store<u32>(cell, TAG_NUMBER, CELL_TAG);
        }
      } else {
        p = readCategory(p, feature, cell);
        if (p === 0) return 0;
        if (headerMayComeUnnoticed && column === 0 && load<u32>(cell, CELL_TAG) === TAG_UNSEEN) return 0;
      }
      feature += FEATURE_BYTES;
      cell += CELL_BYTES;
      if (column + 1 < columns) {
        if (load<u8>(p) !== COMMA) return 0;
        p++;
      }
    }
    cellsTo = cell;
    if (load<u8>(p) === QUOTE) break;
    p = skipLineEnd(p);
    if (p === 0) return 0;
  }
  return p;
}

/** `\n` or `\r\n`, escaped as in a JSON string. */
function skipLineEnd(p: usize): usize {
  // Little-endian: \r is 0x725c, \n is 0x6e5c.
  if (load<u16>(p) === 0x725c) p += 2;
  return load<u16>(p) === 0x6e5c ? p + 2 : 0;
}

/** Answers of a model in CSV, one a line. */
function readAnswers(p: usize): usize {
  while (load<u8>(p) !== QUOTE) {
    const first: u32 = load<u8>(p);
    if (first === BACKSLASH || first === COMMA) return 0;
    if (load<u32>(prediction, KIND) === NUMERIC) {
      p = readNumber(p);
      if (p === 0 || keepAnswer(p) === 0) return 0;
    } else {
      if (answersTo + CELL_BYTES > answersEnd) return 0;
      p = readCategory(p, prediction, answersTo);
      if (p === 0) return 0;
      answersTo += CELL_BYTES;
    }
    if (load<u8>(p) === QUOTE) break;
    p = skipLineEnd(p);
    if (p === 0) return 0;
  }
  return p;
}

function keepAnswer(p: usize): usize {
  if (answersTo + CELL_BYTES > answersEnd) return 0;
  store<f64>(answersTo, number);
  store<u32>(answersTo, TAG_NUMBER, CELL_TAG);
  answersTo += CELL_BYTES;
  return p;
}

/** FNV-1a over the bytes up to a comma, quote, backslash or control character; `hashBytes` of lay-out-memory.ts. */
function readCategory(p: usize, feature: usize, cell: usize): usize {
  const start = p;
  let hash: u32 = 0x811c9dc5;
  while (true) {
    const byte: u32 = load<u8>(p);
    if (byte === COMMA || byte === QUOTE || byte === BACKSLASH || byte < 0x20) break;
    hash = (hash ^ byte) * 0x01000193;
    p++;
  }
  const length = p - start;
  if (length > LONGEST_CATEGORY) return 0;
  if (length === 0) {
    store<u32>(cell, TAG_MISSING, CELL_TAG);
    return p;
  }
  const table: usize = load<u32>(feature, TABLE);
  const mask = load<u32>(feature, TABLE_MASK);
  let slot = hash & mask;
  let entry = table + <usize>slot * ENTRY_BYTES;
  let index = load<u32>(entry, 4);
  while (index !== 0) {
    if (load<u32>(entry) === hash && load<u32>(entry, 12) === <u32>length) {
      if (sameBytes(start, load<u32>(entry, 8), length)) {
        store<u32>(cell, index - 1);
        store<u32>(cell, TAG_CATEGORY, CELL_TAG);
        return p;
      }
    }
    slot = (slot + 1) & mask;
    entry = table + <usize>slot * ENTRY_BYTES;
    index = load<u32>(entry, 4);
  }
  store<u32>(cell, <u32>start);
  store<u32>(cell, TAG_UNSEEN, CELL_TAG);
  store<u32>(cell, <u32>length, CELL_LENGTH);
  unseenInLine++;
  return p;
}

/**
 * A number in the grammar of JSON, rounded as IEEE 754 says; its value is left in `number`. Answers the place behind it, or 0
 * where there is none, or where the value can't be told here.
 */
function readNumber(p: usize): usize {
  const negative = load<u8>(p) === 0x2d;
  if (negative) p++;
  const start = p;
  let mantissa: u64 = 0;
  let digit: u32 = <u32>load<u8>(p) - 48;
  if (digit > 9) return 0;
  do {
    mantissa = mantissa * 10 + digit;
    digit = <u32>load<u8>(++p) - 48;
  } while (digit <= 9);
  let digits = <i32>(p - start);
  if (digits > 1 && load<u8>(start) === 48) return 0;
  let exponent: i32 = 0;
  if (load<u8>(p) === 0x2e) {
    const point = ++p;
    digit = <u32>load<u8>(p) - 48;
    if (digit > 9) return 0;
    do {
      mantissa = mantissa * 10 + digit;
      digit = <u32>load<u8>(++p) - 48;
    } while (digit <= 9);
    exponent = -(<i32>(p - point));
    digits -= exponent;
  }
  if (digits > 19 && digits - leadingZeros(start) > 19) return 0;
  if ((load<u8>(p) | 0x20) === 0x65) {
    p++;
    const sign: u32 = load<u8>(p);
    if (sign === 0x2b || sign === 0x2d) p++;
    const from = p;
    let power: i32 = 0;
    while (true) {
      digit = <u32>load<u8>(p) - 48;
      if (digit > 9) break;
      power = power * 10 + <i32>digit;
      p++;
    }
    const length = p - from;
    if (length === 0 || length > 4) return 0;
    exponent += sign === 0x2d ? -power : power;
  }
  let value: f64 = 0;
  if (mantissa <= 9007199254740992 && exponent >= -22 && exponent <= 22) {
    // Both operands are exact, so that one operation rounds once (Clinger 1990).
    value =
      exponent < 0
        ? <f64>mantissa / load<f64>(powersOfTen + ((<usize>-exponent) << 3))
        : <f64>mantissa * load<f64>(powersOfTen + ((<usize>exponent) << 3));
  } else {
    if (mantissa === 0 || exponent < smallestPower || exponent > largestPower) return 0;
    value = scale(mantissa, exponent);
  }
  // -0 is 0.
  number = negative ? 0 - value : value;
  return p;
}

/** Zeros before the first other digit; the point is none. */
function leadingZeros(p: usize): i32 {
  let zeros = 0;
  while (true) {
    const byte: u32 = load<u8>(p);
    if (byte === 48) zeros++;
    else if (byte !== 0x2e) return zeros;
    p++;
  }
}

let productLow: u64 = 0;

/** The upper 64 bits of the product; the lower are left in `productLow`. */
function multiply(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const low = aLow * bLow;
  const crossed = aHigh * bLow + (low >> 32);
  const middle = aLow * bHigh + (crossed & 0xffffffff);
  productLow = a * b;
  return aHigh * bHigh + (crossed >> 32) + (middle >> 32);
}

/**
 * mantissa · 10^exponent, correctly rounded, for results that are neither subnormal nor infinite: Lemire, "Number parsing at a
 * gigabyte per second" (2021), with Mushtak and Lemire's proof (2023) that no other path is needed.
 */
function scale(mantissa: u64, exponent: i32): f64 {
  const zeros = clz(mantissa);
  const shifted = mantissa << zeros;
  const power = powersOfFive + ((<usize>(exponent - smallestPower)) << 4);
  let high = multiply(shifted, load<u64>(power));
  let low = productLow;
  if ((high & 0x1ff) === 0x1ff) {
    const second = multiply(shifted, load<u64>(power, 8));
    low += second;
    if (second > low) high++;
  }
  const upper = high >> 63;
  let bits = high >> (upper + 9);
  let power2: i64 = ((217706 * exponent) >> 16) + 63 + <i32>upper - <i32>zeros + 1023;
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) === 1 && bits << (upper + 9) === high) bits &= ~1;
  bits += bits & 1;
  bits >>= 1;
  if (bits >= 0x20000000000000) {
    bits = 0x10000000000000;
    power2++;
  }
  return reinterpret<f64>((bits & 0xfffffffffffff) | ((<u64>power2) << 52));
}

/** Adds what the last match read. */
function add(): void {
  let cell = cells;
  while (cell < cellsTo) {
    let feature = features;
    for (let column = 0; column < featureCount; column++) {
      addCell(feature, cell, column);
      feature += FEATURE_BYTES;
      cell += CELL_BYTES;
    }
    rows++;
  }
  for (let answer = answers; answer < answersTo; answer += CELL_BYTES) addCell(prediction, answer, -1);
  records++;
}

function addCell(feature: usize, cell: usize, column: i32): void {
  const tag = load<u32>(cell, CELL_TAG);
  if (tag === TAG_NUMBER) {
    addNumber(feature, load<f64>(cell));
    return;
  }
  if (tag === TAG_MISSING) {
    store<f64>(feature, load<f64>(feature, MISSING) + 1, MISSING);
    return;
  }
  store<f64>(feature, load<f64>(feature, PRESENT) + 1, PRESENT);
  if (tag === TAG_CATEGORY) {
    const count: usize = load<u32>(feature, COUNTS) + (load<u32>(cell) << 3);
    store<f64>(count, load<f64>(count) + 1);
    return;
  }
  store<f64>(feature, load<f64>(feature, UNSEEN) + 1, UNSEEN);
  const event = events + <usize>eventCount * EVENT_BYTES;
  store<i32>(event, column);
  store<u32>(event, load<u32>(cell), 4);
  store<u32>(event, load<u32>(cell, CELL_LENGTH), 8);
  eventCount++;
}

/** How many of the eight numbers at `p` are not above the value. */
function countNotAbove(p: usize, value: v128): usize {
  const first = i64x2.add(f64x2.le(v128.load(p), value), f64x2.le(v128.load(p, 16), value));
  const second = i64x2.add(f64x2.le(v128.load(p, 32), value), f64x2.le(v128.load(p, 48), value));
  // A comparison that holds is -1.
  const both = i64x2.add(first, second);
  return <usize>-(i64x2.extract_lane(both, 0) + i64x2.extract_lane(both, 1));
}

/**
 * The bin is the number of edges that are not above the value. Every ninth edge is among the first eight numbers and tells which
 * of the nine groups of eight, which stand behind them, has the rest; a search without branches, since they can't be foretold.
 */
function addNumber(feature: usize, value: f64): void {
  const edges: usize = load<u32>(feature, EDGES);
  const values = f64x2.splat(value);
  const group = countNotAbove(edges, values);
  const bin = group * 9 + countNotAbove(edges + 64 + (group << 6), values);
  const count = <usize>load<u32>(feature, COUNTS) + (bin << 3);
  const sum = <usize>load<u32>(feature, SUMS) + (bin << 3);
  store<f64>(count, load<f64>(count) + 1);
  store<f64>(sum, load<f64>(sum) + value);
  store<f64>(feature, load<f64>(feature, PRESENT) + 1, PRESENT);
  store<f64>(feature, load<f64>(feature, SUM_OF_SQUARES) + value * value, SUM_OF_SQUARES);
  if (value < load<f64>(feature, MINIMUM)) store<f64>(feature, value, MINIMUM);
  if (value > load<f64>(feature, MAXIMUM)) store<f64>(feature, value, MAXIMUM);
  if (value < load<f64>(feature, BASE_MINIMUM) || value > load<f64>(feature, BASE_MAXIMUM))
    store<f64>(feature, load<f64>(feature, OUT_OF_RANGE) + 1, OUT_OF_RANGE);
}
