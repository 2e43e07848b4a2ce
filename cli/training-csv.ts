import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { countOf } from '../shared/domain/format-number.ts';
import { codeOf } from './error-facts.ts';
import { printable } from './printable.ts';
import { cannotRead } from './read-input.ts';
import { UsageError } from './usage-error.ts';

/** Longer rows are no data: they come of a quote that nobody closed. */
const LONGEST_ROW = 16_000_000;

type Row = { cells: string[]; line: number; bytes: number };

/**
 * The rows of a CSV file as RFC 4180 has it, the header first, one at a time: quotes, line ends of either kind, a byte order mark.
 * Every row has as many cells as the header. A name that ends in `.gz` is unpacked. @throws UsageError with the line where the file breaks these rules
 */
export async function* readTrainingCsv(path: string): AsyncGenerator<Row> {
  const file = createReadStream(path).on('error', (error) => parser.destroy(error));
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()).on('error', (error) => parser.destroy(error)) : file;
  const parser = text.pipe(
    parse({ bom: true, info: true, max_record_size: LONGEST_ROW, relax_column_count: true, skip_empty_lines: true }),
  );
  let columns = 0;
  try {
    for await (const { record: cells, info } of parser as AsyncIterable<{ record: string[]; info: Place }>) {
      columns ||= cells.length;
      if (cells.length !== columns) {
        throw new UsageError(
          `${path}:${info.lines}: The row has ${countOf(cells.length, 'cell')}, the header has ${columns}. Quote cells that hold a comma.`,
        );
      }
      yield { cells, line: info.lines, bytes: file.bytesRead };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`${path}: ${describe(error)}`, { cause: error });
    if (codeOf(error)?.startsWith('Z_')) throw new UsageError(`${path} can't be unpacked: it is no whole gzip file.`);
    if (codeOf(error)?.startsWith('E'))
      throw new UsageError(cannotRead(path, 'training data', error), { cause: error });
    throw error;
  } finally {
    file.destroy();
  }
}

type Place = { lines: number };

function describe(error: CsvError): string {
  const at = typeof error.lines === 'number' ? ` at line ${error.lines}` : '';
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'A quoted cell is not closed before the end of the file.';
    case 'CSV_MAX_RECORD_SIZE':
      return `A row is longer than 16 MB${at}: a quote may not be closed.`;
    default:
      return `The file is not CSV${at}: ${printable(error.message).slice(0, 200)}.`;
  }
}
