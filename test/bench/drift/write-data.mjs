/** Data of the benchmark: a training table and a capture file, alike but for a shift; the same for the same number of rows. */
import { closeSync, openSync, writeSync } from 'node:fs';

const CARRIERS = ['AA', 'AS', 'B6', 'DL', 'F9', 'MQ', 'OO', 'UA', 'WN', 'YX'];
/** 16 numeric and 4 categorical columns. */
export const COLUMNS = Array.from({ length: 20 }, (_, i) => (i % 5 === 4 ? `category_${i}` : `number_${i}`));
/** Rows are drawn from this many different ones, so that writing ten million takes a minute and not ten. */
const DIFFERENT_ROWS = 50_000;
const ROWS_PER_WRITE = 2_000;

export function writeTraining(file, rows) {
  const random = generator(7);
  const lines = Array.from({ length: rows }, () => `${drawRow(random, 0)},${random().toFixed(6)}`);
  writeWhole(file, [[...COLUMNS, 'score'].join(','), ...lines].join('\n'));
}

export function writeCaptures(file, rows) {
  const random = generator(11);
  const different = Array.from({ length: Math.min(rows, DIFFERENT_ROWS) }, () => drawRow(random, 0.15));
  const descriptor = openSync(file, 'w');
  try {
    for (let first = 0; first < rows; first += ROWS_PER_WRITE) {
      const count = Math.min(ROWS_PER_WRITE, rows - first);
      const lines = Array.from({ length: count }, (_, i) => captureLine(first + i, different, random));
      writeSync(descriptor, lines.join(''));
    }
  } finally {
    closeSync(descriptor);
  }
}

function writeWhole(file, text) {
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, `${text}\n`);
  closeSync(descriptor);
}

function captureLine(number, different, random) {
  const row = different[Math.floor(random() * different.length)];
  const id = `8a3c9a1e-4b1d-4f3a-9c55-${String(number).padStart(12, '0')}`;
  const time = new Date(Date.UTC(2026, 1, 14) + (number % 86_400) * 1_000).toISOString().slice(0, 19);
  return `{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"${row}\\n","encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv; charset=utf-8","mode":"OUTPUT","data":"${random().toFixed(6)}","encoding":"CSV"}},"eventMetadata":{"eventId":"${id}","inferenceTime":"${time}Z"},"eventVersion":"0"}\n`;
}

/** Whole numbers, decimals of several lengths and skews, a few missing values. */
function drawRow(random, shift) {
  return COLUMNS.map((_, i) => {
    if (random() < 0.01) return '';
    if (i % 5 === 4) return CARRIERS[Math.floor(random() ** (1 + i / 10 + shift) * CARRIERS.length)];
    const normal = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random()) + (i % 2) * shift;
    if (i % 4 === 0) return String(Math.round(1_000 + 250 * normal));
    if (i % 4 === 1) return normal.toFixed(6);
    if (i % 4 === 2) return Math.exp(normal).toFixed(3);
    return (100 * normal).toFixed(2);
  }).join(',');
}

/** Xorshift with 32 bits: the same numbers everywhere. */
function generator(seed) {
  let state = seed * 2_654_435_761;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
