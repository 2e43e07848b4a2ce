/** `make-baseline.mjs <training.csv> <baseline.json>`, for the benchmark's own table, which has no quotes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { BaselineBuilder } from '../../../shared/domain/drift/build-baseline.ts';
import { writeBaseline } from '../../../shared/domain/drift/seal-baseline.ts';

const [training = '', target = ''] = process.argv.slice(2);
const [header = '', ...rows] = readFileSync(training, 'utf8').trimEnd().split('\n');
const builder = new BaselineBuilder(header.split(','), { prediction: 'score' });
for (const row of rows) builder.addRow(row.split(','));
writeFileSync(target, writeBaseline(builder.finish()));
