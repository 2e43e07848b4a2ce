import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import { DriftReport } from '../../../shared/domain/drift/drift-report.ts';
import { runMlops } from './terminal.ts';

let folder = '';
const at = (name: string) => join(folder, name);
const write = (name: string, text: string | Uint8Array) => writeFileSync(at(name), text);
const mlops = (...commandLine: string[]) => runMlops(['drift', ...commandLine], { cwd: folder });
const reportIn = (name: string) => DriftReport.parse(JSON.parse(readFileSync(at(name), 'utf8')));

const CARRIERS = ['UA', '"Quoted, Inc"', 'B6'];
const even = (row: number) => ((row * 7919 + 104_729) % 10_007) / 10_007;
const cellsOf = (row: number, shift: number) => [
  (100 * even(row) + shift).toFixed(2),
  CARRIERS[row % 3] ?? '',
  row % 49 ? String(row % 24) : '',
];

function capture(cells: readonly string[], hour: number): string {
  const data = cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
  return JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: `${data}\n`, encoding: 'CSV' },
      endpointOutput: { observedContentType: 'text/csv', mode: 'OUTPUT', data: '0.2', encoding: 'CSV' },
    },
    eventMetadata: { eventId: 'e', inferenceTime: `2026-11-23T${String(hour).padStart(2, '0')}:10:00Z` },
    eventVersion: '0',
  });
}

const captures = (rows: number, shift = 0, hour = 10) =>
  Array.from({ length: rows }, (_, row) => capture(cellsOf(row * 5 + 1, shift), hour)).join('\r\n');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-drift-'));
  const rows = Array.from({ length: 3000 }, (_, row) => {
    const [distance, carrier, hour] = cellsOf(row, 0);
    return `${distance},"${carrier?.replaceAll('"', '""')}",${hour},${row % 2},0.2`;
  });
  write('train.csv', `\uFEFFdistance,carrier,hour,late,score\r\n${rows.join('\r\n')}\r\n`);
  mkdirSync(at('captures/deeper'), { recursive: true });
  write('captures/one.jsonl', `${captures(900)}\n\n`);
  write('captures/deeper/two.jsonl', captures(700, 0, 11));
  write('captures/notes.txt', 'none of ours');
  write('drifted.jsonl', captures(1500, 40));
  write('few.jsonl', captures(20));
  write('empty.jsonl', '');
  write('packed.jsonl.gz', gzipSync(captures(1500)));
  write('not-packed.jsonl.gz', 'hello');
  mkdirSync(at('nothing'));
  await mlops('baseline', '--data', 'train.csv', '--target', 'late', '--prediction', 'score', '--out', 'baseline.json');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mlops drift baseline', () => {
  it('reads quotes, CRLF and a byte order mark, leaves the target out and says what it learned', async () => {
    const answer = await mlops(
      'baseline',
      '--data',
      'train.csv',
      '--target',
      'late',
      '--prediction',
      'score',
      '--out',
      'b.json',
    );
    expect(answer).toEqual({
      exitCode: 0,
      out: ['b.json: 3,000 rows, 3 features (2 numeric, 1 categorical), and the prediction score'],
      error: [],
    });
    expect(JSON.parse(readFileSync(at('b.json'), 'utf8')).features[1].domain).toContainEqual({
      value: '"Quoted, Inc"',
      count: 1000,
    });
  });

  it('writes the same as SageMaker Model Monitor knows it, and takes that as a baseline', async () => {
    const files = ['--statistics', 'statistics.json', '--constraints', 'constraints.json'];
    await mlops('baseline', '--data', 'train.csv', '--target', 'late', '--out', 'b.json', ...files);
    expect(JSON.parse(readFileSync(at('statistics.json'), 'utf8')).dataset).toEqual({ item_count: 3000 });
    const compared = ['--baseline', 'statistics.json', '--constraints', 'constraints.json', '--captures', 'captures'];
    const { error } = await mlops('compare', ...compared, '--json', 'r.json');
    expect(error.join()).not.toMatch(/baseline/);
    expect(JSON.parse(readFileSync(at('r.json'), 'utf8')).baseline.rows).toBe(3000);
  });

  it('takes the kinds that it is told', async () => {
    write('types.json', '{ "hour": "categorical" }');
    const { out } = await mlops('baseline', '--data', 'train.csv', '--types', 'types.json', '--out', 'b.json');
    expect(out[0]).toContain('(3 numeric, 2 categorical)');
  });

  it('says where a few values make categories of a column of numbers', async () => {
    const numbers = Array.from({ length: 100 }, (_, at) => `${at},x${at % 3}`);
    write('nearly.csv', ['a,b', ...numbers, 'NaN,x1', ''].join('\n'));
    const { out, exitCode } = await mlops('baseline', '--data', 'nearly.csv', '--out', 'b.json');
    expect({ exitCode, hint: out[1], more: out.length }).toEqual({
      exitCode: 0,
      hint: expect.stringMatching(/^a is taken for categories, .* say so with --types\.$/),
      more: 2,
    });
    write('types.json', '{ "a": "numeric" }');
    const told = await mlops('baseline', '--data', 'nearly.csv', '--types', 'types.json', '--out', 'b.json');
    expect(told.out).toEqual([expect.stringContaining('(1 numeric, 1 categorical)')]);
  });

  it('reads training data that is packed, and says where it can not be unpacked', async () => {
    const csv = readFileSync(at('train.csv'));
    writeFileSync(at('train.csv.gz'), gzipSync(csv));
    writeFileSync(at('cut.csv.gz'), gzipSync(csv).subarray(0, 2000));
    await mlops('baseline', '--data', 'train.csv', '--out', 'plain.json');
    await mlops('baseline', '--data', 'train.csv.gz', '--out', 'packed.json');
    expect(readFileSync(at('packed.json'))).toEqual(readFileSync(at('plain.json')));
    const { exitCode, error } = await mlops('baseline', '--data', 'cut.csv.gz', '--out', 'b.json');
    expect({ exitCode, error }).toEqual({ exitCode: 2, error: [expect.stringMatching(/no whole gzip file/)] });
  });

  it.each([
    ['an empty file', '', [], /is empty/],
    ['a header alone', 'a,b\n', [], /has a header and no rows/],
    ['a ragged row', 'a,b\n1,2\n3\n', [], /:3: The row has 1 cell, the header has 2/],
    ['a header twice', 'a,a\n1,2\n', [], /names the column a twice/],
    ['a header without a name', 'a,\n1,2\n', [], /has no name/],
    ['an open quote', 'a,b\n1,"2\n', [], /not closed/],
    ['a target that is not there', 'a,b\n1,2\n', ['--target', 'c'], /target column c is not in the header/],
    ['types that are none', 'a,b\n1,2\n', ['--types', 'wrong-types.json'], /write \{ "column"/],
  ])('ends with 2 and one sentence for %s', async (_, csv, options, sentence) => {
    write('data.csv', csv);
    write('wrong-types.json', '{ "a": "date" }');
    const answer = await mlops('baseline', '--data', 'data.csv', '--out', 'wrong.json', ...options);
    expect(answer).toEqual({ exitCode: 2, out: [], error: [expect.stringMatching(sentence)] });
  });
});

describe('mlops drift compare', () => {
  it('ends with 0 where nothing drifted, and reads a folder and those below it', async () => {
    const { exitCode, out, error } = await mlops(
      'compare',
      '--baseline',
      'baseline.json',
      '--captures',
      'captures',
      '--json',
      'r.json',
      '--html',
      'r.html',
    );
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: [] });
    expect(out[0]).toMatch(/^feature +verdict +distance/);
    expect(reportIn('r.json')).toMatchObject({
      verdict: 'ok',
      records: 1600,
      rows: 1600,
      invalidRecords: 0,
      baseline: { rows: 3000, sha256: sha256Hex(readFileSync(at('baseline.json'))) },
    });
    expect(readFileSync(at('r.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/);
  });

  it('ends with 1 where a feature drifted, and with 0 where the policy asks for more of them', async () => {
    const drifted = ['compare', '--baseline', 'baseline.json', '--captures', 'drifted.jsonl'];
    const { exitCode, out } = await mlops(...drifted, '--json', 'd.json');
    expect({ exitCode, second: out.find((line) => line.startsWith('distance ')) }).toEqual({
      exitCode: 1,
      second: expect.stringContaining('DRIFTED'),
    });
    expect(reportIn('d.json')).toMatchObject({ verdict: 'drifted', alertShare: 0 });
    const policy = readFileSync(new URL('../../../ml/flight-delays/mlops.yaml', import.meta.url), 'utf8');
    write('mlops.yaml', policy.replace(/alert: \{[^}]*\}/, 'alert: { features: 0.9, consecutive: 2 }'));
    expect((await mlops(...drifted, '--policy', 'mlops.yaml')).exitCode).toBe(0);
  });

  it.each([
    ['few.jsonl'],
    ['empty.jsonl'],
  ])('ends with 2 for too few rows (%s), with the reports written', async (file) => {
    const { exitCode, error } = await mlops(
      'compare',
      '--baseline',
      'baseline.json',
      '--captures',
      file,
      '--json',
      'f.json',
      '--html',
      'f.html',
    );
    expect({ exitCode, error }).toEqual({ exitCode: 2, error: [expect.stringContaining('500 are needed')] });
    expect(reportIn('f.json').verdict).toBe('insufficient-data');
    expect(readFileSync(at('f.html'), 'utf8')).toContain('too little data');
  });

  it('reads packed captures, and only those of the time that is asked for', async () => {
    expect((await mlops('compare', '--baseline', 'baseline.json', '--captures', 'packed.jsonl.gz')).exitCode).toBe(0);
    await mlops(
      'compare',
      '--baseline',
      'baseline.json',
      '--captures',
      'captures',
      '--from',
      '2026-11-23T11:00:00Z',
      '--to',
      '2026-11-24',
      '--json',
      't.json',
    );
    expect(reportIn('t.json')).toMatchObject({
      rows: 700,
      window: { from: '2026-11-23T11:00:00.000Z', to: '2026-11-24T00:00:00.000Z' },
    });
  });

  it.each([
    ['a folder without captures', ['--captures', 'nothing'], /There are no captures in nothing/],
    ['captures that are not there', ['--captures', 'gone'], /There is no file or folder .*gone/],
    ['a file that is not packed as its name says', ['--captures', 'not-packed.jsonl.gz'], /could not be read/],
    ['an address that is none', ['--captures', 's3://'], /is not an S3 URI/],
    [
      'a baseline that is not there',
      ['--captures', 'captures', '--baseline', 'gone.json'],
      /There is no baseline .*gone\.json/,
    ],
    ['a baseline that is not JSON', ['--captures', 'captures', '--baseline', 'train.csv'], /is not JSON/],
    [
      'a baseline that is another file',
      ['--captures', 'captures', '--baseline', 'types.json'],
      /This is no drift baseline/,
    ],
    ['a time that is none', ['--captures', 'captures', '--from', 'yesterday'], /--from yesterday is no time/],
    [
      'a time that is backwards',
      ['--captures', 'captures', '--from', '2026-11-24', '--to', '2026-11-23'],
      /is not before/,
    ],
    ['a policy that is none', ['--captures', 'captures', '--policy', 'types.json'], /The policy .* is not as agreed/],
    [
      'constraints beside a baseline.json',
      ['--captures', 'captures', '--constraints', 'types.json'],
      /belongs to a statistics\.json/,
    ],
    [
      'a folder that is not there to write to',
      ['--captures', 'captures', '--json', 'no/r.json'],
      /can't be written: there is no such folder/,
    ],
    ['no captures at all', [], /required option '--captures <place>' not specified/],
    ['an option that is none', ['--captures', 'captures', '--form', 'x'], /unknown option '--form'/],
  ])('ends with 2 and one sentence for %s', async (_, options, sentence) => {
    const baseline = options.includes('--baseline') ? [] : ['--baseline', 'baseline.json'];
    const { exitCode, out, error } = await mlops('compare', ...baseline, ...options);
    expect({ exitCode, out, lines: error.length }).toEqual({ exitCode: 2, out: [], lines: error.length });
    expect(
      error
        .join('\n')
        .split('\n')
        .filter((line) => !line.startsWith('(Did you mean')),
    ).toEqual([expect.stringMatching(sentence)]);
  });

  it('takes the statistics.json of Model Monitor, and says that it is approximate', async () => {
    const buckets = Array.from({ length: 10 }, (_, bucket) => ({
      lower_bound: bucket * 10,
      upper_bound: bucket * 10 + 10,
      count: 300,
    }));
    const numerical_statistics = {
      common: { num_present: 3000, num_missing: 0 },
      mean: 50,
      sum: 150_000,
      std_dev: 28.9,
      min: 0,
      max: 100,
      distribution: { kll: { buckets } },
    };
    const string_statistics = {
      common: { num_present: 3000, num_missing: 0 },
      distinct_count: 3,
      distribution: { categorical: { buckets: CARRIERS.map((value) => ({ value, count: 1000 })) } },
    };
    write(
      'statistics.json',
      JSON.stringify({
        version: 0,
        dataset: { item_count: 3000 },
        features: [
          { name: 'distance', inferred_type: 'Fractional', numerical_statistics },
          { name: 'carrier', inferred_type: 'String', string_statistics },
          { name: 'late', inferred_type: 'Fractional', numerical_statistics },
        ],
      }),
    );
    write(
      'pairs.jsonl',
      Array.from({ length: 900 }, (_, row) => capture(cellsOf(row * 5 + 1, 0).slice(0, 2), 10)).join('\n'),
    );
    const { exitCode, out } = await mlops(
      'compare',
      '--baseline',
      'statistics.json',
      '--target',
      'late',
      '--captures',
      'pairs.jsonl',
      '--json',
      's.json',
    );
    expect({ exitCode, out: out.join('\n') }).toEqual({ exitCode: 0, out: expect.stringMatching(/approximate/) });
    expect(reportIn('s.json').findings.map(({ kind }) => kind)).toContain('approximate-baseline');
  });

  it('shows no control character of the data', async () => {
    write('odd.csv', `a\u001b[31m,b\n${'1,2\n'.repeat(10)}`);
    await mlops('baseline', '--data', 'odd.csv', '--out', 'odd.json');
    const { out } = await mlops('compare', '--baseline', 'odd.json', '--captures', 'few.jsonl');
    expect(out.join('\n')).toContain('a�[31m');
    expect(out.join('\n')).not.toContain('\u001b');
  });
});

describe('mlops drift', () => {
  it.each([[[]], [['look']]])('%j names its two commands', async (commandLine) => {
    const { exitCode, error } = await mlops(...commandLine);
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: [expect.stringContaining('drift baseline or drift compare')],
    });
  });

  it('helps with examples', async () => {
    const { exitCode, out } = await mlops('compare', '--help');
    expect({ exitCode, text: out.join('\n') }).toEqual({
      exitCode: 0,
      text: expect.stringMatching(/Exit codes[\s\S]*Examples:[\s\S]*s3:\/\//),
    });
  });
});
