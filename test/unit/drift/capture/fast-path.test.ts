import fc from 'fast-check';
import type { SealedBaseline } from '../../../../shared/domain/drift/baseline.ts';
import { CaptureKernel } from '../../../../shared/domain/drift/capture/capture-kernel.ts';
import { learnTemplate } from '../../../../shared/domain/drift/capture/learn-template.ts';
import { readState } from './read-state.ts';
import { categoricalFeature, numericFeature, sampleBaseline } from './sample-baseline.ts';
import { base64, writeLine } from './write-line.ts';
import '../../../harness/repeatable-properties.ts';

const WINDOW = { fromMillis: Date.parse('2026-11-23T10:00:00Z'), toMillis: Date.parse('2026-11-23T11:00:00Z') };

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1_000, max: 1_000, noNaN: true }).map(String),
  fc.integer().map(String),
  fc
    .tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: 1, max: 4 }))
    .map(([n, d]) => (n / 10 ** d).toFixed(d)),
  fc.bigInt({ min: 0n, max: 10n ** 24n }).chain((n) => fc.integer({ min: -30, max: 30 }).map((e) => `${n}e${e}`)),
  fc.constantFrom(
    '69',
    '0',
    '-0',
    '-0.0',
    '100.5',
    '1e400',
    'NaN',
    '-',
    ' 12 ',
    '+1',
    '.5',
    '5.',
    '007',
    '1e',
    '0x1f',
    '9007199254740993',
    '1,5',
    '',
  ),
);
const category = fc.oneof(
  fc.constantFrom('AA', 'DL', 'Ünited', 'a "quoted" one', '7', 'True', '', 'x'.repeat(101)),
  fc.string({ maxLength: 6 }),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const csvCell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvRow = fc.tuple(number, category, number).map((cells) => cells.map(csvCell).join(','));
const csv = fc
  .tuple(fc.array(csvRow, { minLength: 0, maxLength: 3 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
  .map(
    ([rows, end, closed, header]) =>
      [...(header && rows.length > 1 ? ['distance,carrier,delay'] : []), ...rows].join(end) + (closed ? end : ''),
  );
const plainCsv = fc
  .array(
    fc.tuple(
      fc.integer({ min: -99, max: 9_999 }),
      fc.constantFrom('AA', 'DL', 'ZZ', ''),
      fc.double({ min: 0, max: 200, noNaN: true }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((rows) => rows.map((row) => row.join(',')).join('\n'));
const json = fc
  .array(
    fc.record(
      { distance: fc.double(), carrier: fc.string({ maxLength: 4 }), delay: fc.integer() },
      { requiredKeys: [] },
    ),
    { maxLength: 2 },
  )
  .map((instances) => JSON.stringify({ instances }));

const input = fc.oneof(
  { weight: 4, arbitrary: plainCsv.map((data) => ({ data })) },
  { weight: 3, arbitrary: csv.map((data) => ({ data })) },
  csv.map((data) => ({ data: base64(data), encoding: 'BASE64' })),
  json.map((data) => ({ data, encoding: 'JSON', type: 'application/json' })),
  fc.string().map((data) => ({ data })),
);
const score = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }).map(String), number);
const output = fc.oneof(
  score.map((data) => ({ data })),
  fc.array(score, { maxLength: 3 }).map((scores) => ({ data: `${scores.join('\n')}\n` })),
  fc
    .tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(true, false, null),
      fc.string({ maxLength: 5 }),
      fc.constantFrom('', '\n', '\r\n'),
    )
    .map(([s, late, label, end]) => ({
      data: JSON.stringify({ predictions: [{ score: s, late, label }] }) + end,
      encoding: 'JSON',
    })),
  fc
    .array(fc.oneof(fc.double(), fc.constant(null), fc.boolean(), fc.string({ maxLength: 3 })), { maxLength: 3 })
    .map((scores) => ({ data: JSON.stringify({ predictions: scores }), encoding: 'JSON' })),
  fc.json().map((data) => ({ data, encoding: 'JSON' })),
);
const time = fc.oneof(
  fc
    .date({ min: new Date('2026-11-23T09:30:00Z'), max: new Date('2026-11-23T11:30:00Z'), noInvalidDate: true })
    .map((date) => `${date.toISOString().slice(0, 19)}Z`),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-11-31T10:00:00Z',
    '2026-02-29T10:00:00Z',
    '2026-11-23T10:60:00Z',
    '2026-11-23T12:30:00+02:00',
    'yesterday',
  ),
);
const metadata = fc.record(
  { eventId: fc.oneof(fc.uuid(), fc.string()), inferenceId: fc.string({ maxLength: 5 }), inferenceTime: time },
  { requiredKeys: ['eventId'] },
);
const line = fc
  .tuple(input, fc.option(output, { nil: undefined, freq: 5 }), metadata, fc.boolean())
  .map(([side, answer, meta, metadataFirst]) => {
    const text = writeLine(side, answer, meta);
    if (!metadataFirst) return text;
    const { eventMetadata, ...rest } = JSON.parse(text);
    return JSON.stringify({ eventMetadata, ...rest });
  });
const file = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 9, arbitrary: line },
        fc.constantFrom('', ' ', '{', '[]', '{"groundTruthData":{"data":"1","encoding":"CSV"}}'),
      ),
      { maxLength: 25 },
    ),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([lines, end, closed]) => Buffer.from(lines.join(end) + (closed ? end : '')));

/** Each once more, so that lines meet a template that was learned from their like. */
const repeated = file.map((bytes) => Buffer.concat([bytes, Buffer.from('\n'), bytes]));

const baselines: [string, SealedBaseline][] = [
  ['numbers and categories', sampleBaseline()],
  ['no prediction', sampleBaseline({ prediction: null })],
  ['a prediction of classes', sampleBaseline({ prediction: categoricalFeature('score', ['late', 'true', '0.5']) })],
  [
    'categories only',
    sampleBaseline({
      features: ['distance', 'carrier', 'delay'].map((name) => categoricalFeature(name, ['AA', '69', '0'])),
    }),
  ],
  [
    'a category named like its column',
    sampleBaseline({
      features: ['distance', 'carrier', 'delay'].map((name) => categoricalFeature(name, [name, 'AA'])),
    }),
  ],
  [
    'a category that is no text',
    sampleBaseline({
      features: [
        numericFeature('distance', [1]),
        categoricalFeature('carrier', ['\uFFFD']),
        numericFeature('delay', [2]),
      ],
    }),
  ],
];

describe('the fast path', () => {
  it.each(baselines)('gives the same state as the slow path: %s', (_, sealed) => {
    fc.assert(
      fc.property(repeated, fc.option(fc.constant(WINDOW), { nil: undefined }), (bytes, window) => {
        const options = window === undefined ? {} : { window };
        expect(readState(bytes, sealed, options)).toStrictEqual(readState(bytes, sealed, { fast: false, ...options }));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same state for bytes that were changed, lost or inserted anywhere', () => {
    const sealed = sampleBaseline();
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      drop: fc.integer({ min: 0, max: 3 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc
          .constantFrom('"', '\\', '\\n', ',', '}', '\n', '\r', '0', 'e', '-', '.', '\\u0041', '\\"', '{')
          .map((text) => Buffer.from(text)),
      ),
    });
    fc.assert(
      fc.property(repeated, fc.array(change, { minLength: 1, maxLength: 6 }), (bytes, changes) => {
        let changed = bytes;
        for (const { at, drop, insert } of changes) {
          const place = Math.floor(at * changed.length);
          changed = Buffer.concat([changed.subarray(0, place), insert, changed.subarray(place + drop)]);
        }
        expect(readState(changed, sealed, { window: WINDOW })).toStrictEqual(
          readState(changed, sealed, { window: WINDOW, fast: false }),
        );
        expect(readState(changed, sealed)).toStrictEqual(readState(changed, sealed, { fast: false }));
      }),
      { numRuns: 250 },
    );
  });

  it('gives the same state wherever the stream is cut', () => {
    const sealed = sampleBaseline();
    fc.assert(
      fc.property(repeated, fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 30 }), (bytes, pieces) => {
        expect(readState(bytes, sealed, { pieces })).toStrictEqual(readState(bytes, sealed, { fast: false }));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same state byte by byte', () => {
    const sealed = sampleBaseline();
    const bytes = Buffer.from(`${writeLine('1,AA,2\n3,B,', '0.5')}\n`.repeat(5));
    expect(readState(bytes, sealed, { pieces: new Array(bytes.length).fill(1) })).toStrictEqual(
      readState(bytes, sealed, { fast: false }),
    );
  });

  it('reads every number as JavaScript does, or leaves it to the slow path', () => {
    const sealed = sampleBaseline({ features: [numericFeature('distance', [])], prediction: null });
    const wide = fc
      .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: -70, max: 70 }))
      .map(([m, e]) => `${m}e${e}`);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(wide, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), {
          minLength: 1,
          maxLength: 50,
        }),
        (numbers) => {
          for (const text of numbers) {
            const lines = Buffer.from(`${writeLine('1')}\n${writeLine(text)}\n`);
            expect(readState(lines, sealed)).toStrictEqual(readState(lines, sealed, { fast: false }));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('on the edge of what the kernel reads', () => {
  const same = (like: string, odd: string, sealed: SealedBaseline) => {
    // Two lines teach the template; the odd one meets it.
    const bytes = Buffer.from(`${like}\n${like}\n${odd}\n${like}\n`);
    const options = { window: WINDOW };
    expect(readState(bytes, sealed, options)).toStrictEqual(readState(bytes, sealed, { ...options, fast: false }));
    expect(readState(bytes, sealed)).toStrictEqual(readState(bytes, sealed, { fast: false }));
  };
  const sealed = sampleBaseline();

  it.each([
    ...['007,AA,1', '-0,AA,-0.0', '1.,AA,.5', '+1,AA,1e', '1e5,AA,1E-5', '1e400,AA,1e-400', '-,AA,--1', '1,AA,', ',,'],
    ...['9007199254740993,AA,0.1', '1,AA,123456789012345678901234567890', '0.00000000000000000000000000012345,AA,1'],
    ...[
      `1,${'x'.repeat(100)},1`,
      `1,${'x'.repeat(101)},1`,
      `1,${'é'.repeat(51)},1`,
      '1, AA,1',
      '1,Ünited,1',
      '1,AA,1\n',
      '1,AA,1\n\n',
    ],
    ...[
      '1,AA,1\n\n2,AA,2',
      '\n1,AA,1',
      '1,AA,1\r',
      '1,AA,1\r2,AA,2',
      '1,AA,1\r\n2,AA,2\r\n',
      '1,AA,1\n2,AA',
      '',
      '\n',
      '1,AA,1,',
      '"1",AA,1',
    ],
    'distance,carrier,delay\n1,AA,1',
    '1,A\tA,1',
  ])('a request of %j', (data) => same(writeLine('1,AA,2', '0.5'), writeLine(data, '0.5'), sealed));

  it.each([
    '',
    '0.5\n',
    '0.5\n0.6',
    '0.5\n\n0.6',
    '\n0.5',
    '0.5,late',
    ' 0.5',
    '0.5\r\n',
    'NaN',
    '007',
    '1e-7',
    '-0',
  ])('an answer of %j', (answer) => same(writeLine('1,AA,2', '0.5'), writeLine('1,AA,2', answer), sealed));

  it.each([
    ...[
      '0.5',
      '007',
      '.5',
      '1.',
      '+1',
      '-0',
      '1e-7',
      '1E+2',
      'null',
      'true',
      'nul',
      'NaN',
      '-Infinity',
      '"0.5"',
      '[0.5]',
      '',
      ' 0.5',
      '0.5\n',
      '0.5}',
      '-',
    ],
    '0.5,"score":0.7',
  ])('a score of %s in JSON', (score) => {
    const json = (text: string) => ({ data: `{"predictions":[{"score":${text},"late":false}]}`, encoding: 'JSON' });
    same(writeLine('1,AA,2', json('0.25')), writeLine('1,AA,2', json(score)), sealed);
  });

  it.each([
    'false',
    'true',
    'null',
    'falsey',
    'tru',
    '1',
    '01',
    '-1.5e3',
    '"no"',
    '',
    '[]',
  ])('another value %s beside it', (value) => {
    const json = (text: string) => ({ data: `{"predictions":[{"score":0.5,"late":${text}}]}`, encoding: 'JSON' });
    same(writeLine('1,AA,2', json('false')), writeLine('1,AA,2', json(value)), sealed);
  });

  it.each([
    ...[
      '2026-11-23T10:00:00Z',
      '2026-11-23T09:59:59Z',
      '2026-11-23T10:59:59Z',
      '2026-11-23T11:00:00Z',
      '2026-11-23T10:59:59.999Z',
    ],
    ...[
      '2026-11-31T10:30:00Z',
      '2026-11-00T10:30:00Z',
      '2026-13-23T10:30:00Z',
      '2026-11-23T24:00:00Z',
      '2026-11-23T10:60:00Z',
    ],
    ...[
      '2026-11-23T10:30:60Z',
      '2026-11-23T10:30:00+00:00',
      '2026-11-23 10:30:00Z',
      '2026-11-23T10:30:00',
      '',
      '２026-11-23T10:30:00Z',
    ],
  ])('a record of %j', (inferenceTime) => {
    const at = (time: string) => writeLine('1,AA,2', '0.5', { eventId: 'e', inferenceTime: time });
    same(at('2026-11-23T10:30:00Z'), at(inferenceTime), sealed);
  });

  it('any day of four hundred years', () => {
    const at = (inferenceTime: string) => writeLine('1,AA,2', '0.5', { eventId: 'e', inferenceTime });
    fc.assert(
      fc.property(
        fc.integer({ min: 1969, max: 2401 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const date = [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
          const midnight = Date.parse(`${date}T00:00:00Z`);
          const window = Number.isNaN(midnight) ? WINDOW : { fromMillis: midnight, toMillis: midnight + 1 };
          const bytes = Buffer.from(`${at('2026-11-23T10:30:00Z')}\n${at(`${date}T00:00:00Z`)}\n`);
          expect(readState(bytes, sealed, { window })).toStrictEqual(readState(bytes, sealed, { window, fast: false }));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['', '\n', '1\n\n2', '\n1', '1\n', '1,', ',', 'x', 'AA\n\nAA', 'AA\n'])('one column: %j', (data) => {
    for (const feature of [
      numericFeature('x', [1]),
      categoricalFeature('x', ['AA']),
      categoricalFeature('1', ['AA']),
    ]) {
      const one = sampleBaseline({ features: [feature], prediction: null });
      same(writeLine(feature.kind === 'numeric' ? '5' : 'AA'), writeLine(data), one);
    }
  });
});

describe('what the kernel reads itself', () => {
  const sealed = sampleBaseline();
  const oneLine = (text: string, like = text, baseline = sealed) => {
    const kernel = new CaptureKernel(baseline);
    const template = learnTemplate(like, baseline.baseline.prediction);
    if (template === undefined) return false;
    kernel.learn(template);
    const length = kernel.input.write(`${text}\n`);
    return kernel.scan(0, length) === length;
  };
  const metadata = { eventId: '6c1f', inferenceId: 'x', inferenceTime: '2026-11-23T10:00:00Z' };

  it.each([
    ['a row', writeLine('69,AA,0.5', '0.1')],
    ['rows with escaped newlines', writeLine('69,AA,0.5\n70,DL,1\n', '0.1\n0.2\n')],
    ['CRLF', writeLine('69,AA,0.5\r\n70,DL,1\r\n', '0.1\r\n0.2')],
    ['missing values', writeLine(',,', '0.1')],
    ['exponents and 17 digits', writeLine('1e-05,AA,0.02545345574617386', '2.5e-06')],
    ['a category outside the domain', writeLine('1,ZZ,2', '0.5')],
    [
      'predictions as JSON',
      writeLine('1,AA,2', { data: '{"predictions":[{"score":0.12,"late":false}]}\n', encoding: 'JSON' }),
    ],
    ['no output', writeLine('1,AA,2')],
    ['an inference id', writeLine('1,AA,2', '0.5', metadata)],
  ])('%s', (_, text) => expect(oneLine(text)).toBe(true));

  it('lines with another id, time and answer than the one it learned from', () => {
    const like = writeLine('1,AA,2', { data: '{"predictions":[{"score":0.12,"late":false}]}', encoding: 'JSON' });
    const other = { eventId: 'a-much-longer-id-than-that', inferenceTime: '2027-01-01T00:00:00Z' };
    const text = writeLine('3,,4', { data: '{"predictions":[{"score":1e-3,"late":true}]}', encoding: 'JSON' }, other);
    expect(oneLine(text, like)).toBe(true);
  });

  it.each([
    ['quotes', writeLine('1,"AA",2', '0.5')],
    ['words for numbers', writeLine('one,AA,2', '0.5')],
    ['another number of columns', writeLine('1,AA', '0.5')],
    ['BASE64', writeLine({ data: base64('1,AA,2'), encoding: 'BASE64' }, '0.5')],
  ])('leaves %s to the slow path', (_, text) => expect(oneLine(text, writeLine('1,AA,2', '0.5'))).toBe(false));
});
