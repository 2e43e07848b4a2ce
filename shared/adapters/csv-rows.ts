import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ContractBroken } from '../domain/faults.ts';

/**
 * Rows of an RFC 4180 file (quotes, CRLF, byte-order mark), the header among them; blank lines are none. Rows may differ in length.
 * @throws ContractBroken that names the line, where quotes are not closed or stand in the middle of a value
 */
export async function* readCsvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  // An error of the source ends the parser too, and so the loop below.
  pipeline(Readable.from(chunks), parser, () => undefined);
  try {
    for await (const row of parser) yield row;
  } catch (error) {
    if (error instanceof CsvError) throw new ContractBroken(`It is no CSV: ${error.message}.`, { cause: error });
    throw error;
  }
}
