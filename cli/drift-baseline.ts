import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { BaselineFeature } from '../shared/domain/drift/baseline.ts';
import { BaselineBuilder, problemWithColumns } from '../shared/domain/drift/build-baseline.ts';
import { parseNumber } from '../shared/domain/drift/parse-number.ts';
import { writeBaseline } from '../shared/domain/drift/seal-baseline.ts';
import { writeModelMonitorBaseline } from '../shared/domain/drift/write-model-monitor-baseline.ts';
import { countOf } from '../shared/domain/format-number.ts';
import { percentShower } from './percent-shower.ts';
import { printable } from './printable.ts';
import { readJsonFile } from './read-input.ts';
import type { Terminal } from './terminal.ts';
import { readTrainingCsv } from './training-csv.ts';
import { UsageError } from './usage-error.ts';
import { writeOutput } from './write-output.ts';

export type BaselineCommand = {
  data: string;
  target?: string | undefined;
  prediction?: string | undefined;
  types?: string | undefined;
  out: string;
  /** Where the same baseline is written as SageMaker Model Monitor knows it. */
  statistics?: string | undefined;
  constraints?: string | undefined;
};

const ColumnTypes = z.record(z.string(), z.enum(['numeric', 'categorical']));

/** `mlops drift baseline`: what training data looks like, for `compare`. @throws UsageError */
export async function driftBaseline(command: BaselineCommand, terminal: Terminal): Promise<0> {
  const data = resolve(terminal.cwd, command.data);
  const out = resolve(terminal.cwd, command.out);
  const options = {
    target: command.target,
    prediction: command.prediction,
    types: command.types === undefined ? undefined : await readTypes(resolve(terminal.cwd, command.types)),
  };
  const shower = percentShower(terminal, `Reading ${command.data}`, (await sizeOf(data)) ?? 0);
  let builder: BaselineBuilder | undefined;
  try {
    for await (const { cells, bytes } of readTrainingCsv(data)) {
      shower.show(bytes);
      if (builder !== undefined) {
        builder.addRow(cells);
        continue;
      }
      const problem = problemWithColumns(cells, options);
      if (problem !== undefined) throw new UsageError(`${command.data}: ${problem}`);
      builder = new BaselineBuilder(cells, options);
    }
  } finally {
    shower.clear();
  }
  const baseline = builder?.finish();
  if (baseline === undefined) throw new UsageError(`${command.data} is empty: a header and rows are needed.`);
  if (baseline.rows === 0) throw new UsageError(`${command.data} has a header and no rows: there is nothing to learn.`);
  // Its bytes are what the reports give the digest of: `sha256sum` says the same, and so no line ends it.
  await writeOutput(out, writeBaseline(baseline));
  const forModelMonitor = writeModelMonitorBaseline(baseline);
  for (const file of ['statistics', 'constraints'] as const) {
    const path = command[file];
    if (path !== undefined)
      await writeOutput(resolve(terminal.cwd, path), `${JSON.stringify(forModelMonitor[file], null, 2)}\n`);
  }
  const categorical = baseline.features.filter(({ kind }) => kind === 'categorical').length;
  const kinds = `${baseline.features.length - categorical} numeric, ${categorical} categorical`;
  const answers = baseline.prediction === null ? '' : `, and the prediction ${baseline.prediction.name}`;
  terminal.out(
    `${command.out}: ${countOf(baseline.rows, 'row')}, ${countOf(baseline.features.length, 'feature')} (${kinds})${answers}`,
  );
  for (const name of nearlyNumeric(baseline.features, options.types))
    terminal.out(
      `${printable(name)} is taken for categories, because not all of its values are numbers. Most are: if it is numeric, say so with --types.`,
    );
  return 0;
}

const NEARLY = 0.9;

/** A single `NaN` or `-` makes categories of a column of numbers, which is seldom meant. */
function nearlyNumeric(features: readonly BaselineFeature[], declared: z.infer<typeof ColumnTypes> = {}): string[] {
  return features.flatMap((feature) => {
    if (feature.kind !== 'categorical' || declared[feature.name] !== undefined) return [];
    const numbers = feature.domain.filter(({ value }) => parseNumber(value) !== undefined);
    return sumOf(numbers) >= NEARLY * sumOf(feature.domain) ? [feature.name] : [];
  });
}

function sumOf(counted: readonly { count: number }[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

async function readTypes(path: string): Promise<z.infer<typeof ColumnTypes>> {
  const parsed = ColumnTypes.safeParse(await readJsonFile(path, 'file of types'));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `The file of types ${path} is not as agreed: write { "column": "numeric" or "categorical", … }.`,
  );
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
