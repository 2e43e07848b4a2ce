import type { WindowState } from '../../../../shared/domain/drift/window-state.ts';
import { readState } from './read-state.ts';
import { categoricalFeature, numericFeature, sampleBaseline } from './sample-baseline.ts';
import { base64, writeLine } from './write-line.ts';

const sealed = sampleBaseline();
const read = (...lines: string[]) => readState(Buffer.from(lines.join('\n')), sealed);

/** Rows, and for each feature how many values were present, missing and invalid. */
const counted = (state: WindowState) => ({
  rows: state.rows,
  ...Object.fromEntries(
    state.features.map(({ present, missing, invalid }, i) => [
      ['distance', 'carrier', 'delay'][i],
      [present, missing, invalid],
    ]),
  ),
});
const ONE_ROW = { rows: 1, distance: [1, 0, 0], carrier: [1, 0, 0], delay: [1, 0, 0] };
const PYTHON_WORDS = { rows: 1, distance: [0, 0, 1], carrier: [1, 0, 0], delay: [0, 0, 1] };
const PYTHON_LINES = { rows: 2, distance: [1, 0, 1], carrier: [2, 0, 0], delay: [1, 0, 1] };
const TWO_ROWS = { rows: 2, distance: [2, 0, 0], carrier: [2, 0, 0], delay: [2, 0, 0] };
const asJson = (value: unknown, encoding = 'JSON') => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { data: encoding === 'JSON' ? text : base64(text), encoding, type: 'application/json' };
};

describe('rows of a request', () => {
  it.each([
    ['CSV', '69,AA,1.5', ONE_ROW],
    ['CSV with a newline at its end', '69,AA,1.5\n', ONE_ROW],
    ['several rows', '69,AA,1.5\n70,DL,2', TWO_ROWS],
    ['CRLF', '69,AA,1.5\r\n70,DL,2\r\n', TWO_ROWS],
    ['blank lines between rows', '69,AA,1.5\n\n70,DL,2\n\n', TWO_ROWS],
    ['quoted fields', '"69","AA","1.5"\r\n"70","DL","2"', TWO_ROWS],
    ['a header line', 'distance,carrier,delay\n69,AA,1.5', ONE_ROW],
    ['a quoted header line', '"distance","carrier","delay"\n69,AA,1.5', ONE_ROW],
    [
      'a header and nothing else',
      'distance,carrier,delay',
      { rows: 0, distance: [0, 0, 0], carrier: [0, 0, 0], delay: [0, 0, 0] },
    ],
    ['BASE64 of CSV', { data: base64('69,AA,1.5\n70,DL,2'), encoding: 'BASE64' }, TWO_ROWS],
    ['BASE64 without a content type', { data: base64('69,AA,1.5'), encoding: 'BASE64', type: '' }, ONE_ROW],
    ['BASE64 of JSON', asJson({ instances: [[69, 'AA', 1.5]] }, 'BASE64'), ONE_ROW],
    [
      'BASE64 of JSON without a content type',
      { ...asJson([69, 'AA', 1.5], 'BASE64'), type: 'application/octet-stream' },
      ONE_ROW,
    ],
    ['an object by name', asJson({ delay: 1.5, distance: 69, carrier: 'AA' }), ONE_ROW],
    ['an array', asJson([69, 'AA', 1.5]), ONE_ROW],
    [
      'arrays',
      asJson([
        [69, 'AA', 1.5],
        [70, 'DL', 2],
      ]),
      TWO_ROWS,
    ],
    [
      'objects in an array',
      asJson([
        { distance: 69, carrier: 'AA', delay: 1 },
        { distance: 70, carrier: 'DL', delay: 2 },
      ]),
      TWO_ROWS,
    ],
    [
      'instances of arrays',
      asJson({
        instances: [
          [69, 'AA', 1.5],
          [70, 'DL', 2],
        ],
      }),
      TWO_ROWS,
    ],
    ['instances of objects', asJson({ instances: [{ distance: 69, carrier: 'AA', delay: 1.5 }] }), ONE_ROW],
    [
      'instances of features',
      asJson({ instances: [{ features: [69, 'AA', 1.5] }, { features: [70, 'DL', 2] }] }),
      TWO_ROWS,
    ],
    [
      "SageMaker's dense instances",
      asJson({ instances: [{ data: { features: { values: [69, 'AA', 1.5] } } }] }),
      ONE_ROW,
    ],
    ['features', asJson({ features: [69, 'AA', 1.5] }), ONE_ROW],
    [
      'features of several rows',
      asJson({
        features: [
          [69, 'AA', 1.5],
          [70, 'DL', 2],
        ],
      }),
      TWO_ROWS,
    ],
    ['JSON lines', asJson('[69,"AA",1.5]\n{"features":[70,"DL",2]}\n'), TWO_ROWS],
    ['no instances', asJson({ instances: [] }), { rows: 0, distance: [0, 0, 0], carrier: [0, 0, 0], delay: [0, 0, 0] }],
    ['further names', asJson({ id: 7, distance: 69, carrier: 'AA', delay: 1.5 }), ONE_ROW],
    ['an absent name', asJson({ distance: 69, carrier: 'AA' }), { ...ONE_ROW, delay: [0, 1, 0] }],
    ['null and empty', asJson([null, '', 1]), { rows: 1, distance: [0, 1, 0], carrier: [0, 1, 0], delay: [1, 0, 0] }],
    ['numbers in strings', asJson(['69', 'AA', '1.5']), ONE_ROW],
    [
      'values that are none',
      asJson({ distance: true, carrier: { code: 1 }, delay: [1] }),
      { rows: 1, distance: [0, 0, 1], carrier: [0, 0, 1], delay: [0, 0, 1] },
    ],
    ['1e400', asJson('[1e400,"AA",1]'), { ...ONE_ROW, distance: [0, 0, 1] }],
    ["the words that Python's json writes", asJson('[NaN,"Infinity, \\"NaN\\"",-Infinity]'), PYTHON_WORDS],
    ['the same in JSON lines', asJson('{"instances":[[NaN,"AA",1]]}\n[69,"AA",Infinity]'), PYTHON_LINES],
    ['words for numbers', 'NaN,AA, 12 ', { ...ONE_ROW, distance: [0, 0, 1], delay: [0, 0, 1] }],
    ['missing values in CSV', ',,', { rows: 1, distance: [0, 1, 0], carrier: [0, 1, 0], delay: [0, 1, 0] }],
  ])('%s', (_, input, expected) => {
    const state = read(writeLine(input));
    expect(counted(state)).toStrictEqual(expected);
    expect(state).toMatchObject({ records: 1, invalidRecords: 0, schemaMismatches: [] });
  });

  it('cannot hold up its reader: a string that never ends is read once, and no row', () => {
    const endless = `NaN "${'\\"'.repeat(1_000_000)}`;
    expect(read(writeLine(asJson(endless)), writeLine('69,AA,1.5'))).toMatchObject({
      records: 1,
      rows: 1,
      invalidRecords: 1,
    });
  });

  it('puts a value on an edge into the bin above, and sums up each bin', () => {
    const [distance] = read(writeLine('69,AA,1\n68.5,AA,1\n70,AA,1')).features;
    expect(distance).toMatchObject({
      counts: Float64Array.of(0, 0, 0, 1, 2, 0, 0),
      sums: Float64Array.of(0, 0, 0, 68.5, 139, 0, 0),
    });
    expect(distance).toMatchObject({ minimum: 68.5, maximum: 70, outOfRange: 0 });
  });

  it('counts categories by their text, whatever the format, and unseen ones by value', () => {
    const lines = [
      writeLine('1,"a ""quoted"" one",1'),
      writeLine('1,7,1'),
      writeLine(asJson([1, 7, 1])),
      writeLine(asJson([1, true, 1])),
      writeLine('1,ZZ,1'),
      writeLine('1,ZZ,1'),
      writeLine('1,Ünited,1'),
    ];
    const [, carrier] = read(...lines).features;
    expect(carrier).toMatchObject({
      counts: Float64Array.of(0, 0, 1, 1, 2, 1, 0),
      unseen: 2,
      topUnseen: new Map([['ZZ', 2]]),
    });
  });
});

describe('answers of the model', () => {
  const answers = (output: Parameters<typeof writeLine>[1], input = '69,AA,1.5') => {
    const { prediction } = read(writeLine(input, output));
    return (
      prediction && [
        prediction.present,
        prediction.missing,
        prediction.invalid,
        Math.round(prediction.kind === 'numeric' ? prediction.sums.reduce((a, b) => a + b, 0) * 1_000 : 0),
      ]
    );
  };
  it.each([
    ['a single value', '0.025', [1, 0, 0, 25]],
    ['a value a line', '0.1\n0.2\n', [2, 0, 0, 300]],
    ['the first column', '0.1,late\n0.2,on time', [2, 0, 0, 300]],
    ['nothing', undefined, [0, 0, 0, 0]],
    ['an empty answer', '', [0, 0, 0, 0]],
    ['BASE64', { data: base64('0.025\n'), encoding: 'BASE64' }, [1, 0, 0, 25]],
    ['a number of JSON', asJson(0.025), [1, 0, 0, 25]],
    ['an array', asJson([0.1, 0.2]), [2, 0, 0, 300]],
    ['predictions', asJson({ predictions: [0.1, 0.2] }), [2, 0, 0, 300]],
    [
      'predictions in arrays',
      asJson({
        predictions: [
          [0.1, 0.9],
          [0.2, 0.8],
        ],
      }),
      [2, 0, 0, 300],
    ],
    ['predictions by name', asJson({ predictions: [{ late: false, score: 0.12 }] }), [1, 0, 0, 120]],
    ['an object by name', asJson({ late: false, score: 0.12 }), [1, 0, 0, 120]],
    ['an only value of another name', asJson({ predictions: [{ probability: 0.12 }] }), [1, 0, 0, 120]],
    ['JSON lines', asJson('{"score":0.1}\n{"score":0.2}\n'), [2, 0, 0, 300]],
    ['null', asJson({ predictions: [null] }), [0, 1, 0, 0]],
    ['objects without the name', asJson({ predictions: [{ a: 1, b: 2 }] }), [0, 1, 0, 0]],
    ['a word', 'late', [0, 0, 1, 0]],
    ['broken JSON', { data: '{"predictions":', encoding: 'JSON' }, [0, 0, 1, 0]],
  ])('%s', (_, output, expected) => expect(answers(output)).toStrictEqual(expected));

  it('one line with as many columns as rows is an answer a row', () => {
    expect(answers('0.1,0.2', '69,AA,1\n70,DL,2')).toStrictEqual([2, 0, 0, 300]);
  });

  it('counts classes', () => {
    const classes = sampleBaseline({ prediction: categoricalFeature('class', ['late', 'on time']) });
    const lines = [
      writeLine('1,AA,1', 'late'),
      writeLine('1,AA,1', asJson({ predictions: [{ class: 'on time' }, { class: 'late' }, { class: 'never' }] })),
    ];
    const { prediction } = readState(Buffer.from(lines.join('\n')), classes);
    expect(prediction).toMatchObject({ counts: Float64Array.of(2, 1), unseen: 1 });
  });
});

describe('lines that are no records', () => {
  it.each([
    ['broken JSON', '{"captureData":'],
    ['a number', '42'],
    ['null', 'null'],
    ['another shape', '{"hello":"world"}'],
    ['no input', '{"captureData":{"endpointOutput":{"data":"1","encoding":"CSV"}}}'],
    ['labels', '{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"e"},"eventVersion":"0"}'],
    ['an unknown encoding', writeLine({ data: 'x', encoding: 'AVRO' })],
    ['a broken payload', writeLine({ data: '{"instances":[[nan]]}', encoding: 'JSON' })],
    ['BASE64 that is none', writeLine({ data: '%%%', encoding: 'BASE64' })],
    [
      'BASE64 of bytes that are no text',
      writeLine({ data: Buffer.from([0x93, 0xff, 0x00]).toString('base64'), encoding: 'BASE64' }),
    ],
    ['text', 'Traceback (most recent call last):'],
  ])('counts %s as invalid and reads on', (_, line) => {
    expect(read(line, writeLine('69,AA,1.5'))).toMatchObject({ records: 1, rows: 1, invalidRecords: 1 });
  });

  it('takes no notice of blank lines, line ends of Windows and a byte order mark', () => {
    const bytes = Buffer.from(`\uFEFF${writeLine('1,AA,1')}\r\n\r\n   \n\t\n${writeLine('1,AA,1')}\r\n`);
    expect(readState(bytes, sealed)).toMatchObject({ records: 2, rows: 2, invalidRecords: 0 });
  });

  it('counts a line that was cut off', () => {
    const line = writeLine('1,AA,1');
    expect(read(line, line.slice(0, -20))).toMatchObject({ records: 1, invalidRecords: 1 });
  });

  it('reads a line longer than its buffer', () => {
    const rows = '1,AA,2\n'.repeat(100_000);
    expect(read(writeLine('1,AA,1'), writeLine(rows), writeLine('1,AA,1'))).toMatchObject({
      records: 3,
      rows: 100_002,
      invalidRecords: 0,
    });
  });

  it('gives up a line of more than 32 MiB, in bounded memory', () => {
    const long = Buffer.alloc(33 * 1024 * 1024, 0x20);
    const bytes = Buffer.concat([Buffer.from('{'), long, Buffer.from(`\n${writeLine('1,AA,1')}\n`)]);
    expect(readState(bytes, sealed)).toMatchObject({ records: 1, invalidRecords: 1 });
  });
});

describe('records of another schema', () => {
  it.each([
    ['fewer columns', '69,AA', '3 columns', '2 columns'],
    ['more columns', '69,AA,1,2', '3 columns', '4 columns'],
    ['fewer columns in one of the rows', '69,AA,1\n69', '3 columns', '1 column'],
    ['a shorter array', asJson([69, 'AA']), '3 columns', '2 columns'],
    [
      'a renamed feature',
      asJson({ dist: 69, carrier: 'AA', delay: 1 }),
      'the names distance, carrier, delay',
      'dist in the place of distance',
    ],
    [
      'other names',
      asJson({ a: 1, b: 2 }),
      'the names distance, carrier, delay',
      'a, b in the place of distance, carrier, delay',
    ],
    ['no names', asJson({}), 'the names distance, carrier, delay', 'no names'],
  ])('%s: the record counts, its rows do not', (_, input, expected, found) => {
    const state = read(writeLine(input, '0.5'), writeLine('69,AA,1', '0.5'));
    expect(state).toMatchObject({ records: 2, rows: 1, invalidRecords: 0 });
    expect(state.schemaMismatches).toStrictEqual([{ expected, found, records: 1 }]);
    expect(state.prediction?.present).toBe(1);
  });

  it('keeps twenty kinds at most', () => {
    const lines = Array.from({ length: 60 }, (_, i) => writeLine('1,'.repeat(4 + i)));
    expect(read(...lines, ...lines).schemaMismatches).toHaveLength(20);
  });
});

describe('a window', () => {
  const window = { fromMillis: Date.parse('2026-11-23T10:00:00Z'), toMillis: Date.parse('2026-11-23T11:00:00Z') };
  const at = (inferenceTime?: string) =>
    writeLine('1,AA,1', '0.5', { eventId: 'e', ...(inferenceTime !== undefined && { inferenceTime }) });

  it.each([
    ['its first moment', '2026-11-23T10:00:00Z', 1, 0],
    ['a moment before', '2026-11-23T09:59:59Z', 0, 0],
    ['its last moment', '2026-11-23T10:59:59.999Z', 1, 0],
    ['its end', '2026-11-23T11:00:00Z', 0, 0],
    ['another time zone', '2026-11-23T12:30:00+02:00', 1, 0],
    ['no time', undefined, 0, 1],
    ['a time that is none', '2026-11-23T10:60:00Z', 0, 1],
  ])('%s', (_, time, records, invalidRecords) => {
    // Twice: the second line may take the fast path.
    const state = readState(Buffer.from(`${at(time)}\n${at(time)}\n`), sealed, { window });
    expect(state).toMatchObject({ records: 2 * records, rows: 2 * records, invalidRecords: 2 * invalidRecords });
  });

  it('needs no time where there is no window', () => {
    expect(read(at(), at('yesterday'))).toMatchObject({ records: 2, invalidRecords: 0 });
  });
});

it('reads a baseline with one column', () => {
  const one = sampleBaseline({ features: [numericFeature('x', [1])], prediction: null });
  expect(readState(Buffer.from(`${writeLine('1\n2\n\n3')}\n${writeLine('5')}\n`), one)).toMatchObject({ rows: 4 });
});
