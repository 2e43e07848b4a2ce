import type { SealedBaseline } from '../shared/domain/drift/baseline.ts';
import {
  isModelMonitorStatistics,
  readModelMonitorBaseline,
} from '../shared/domain/drift/read-model-monitor-baseline.ts';
import { readBaseline, sealBaseline } from '../shared/domain/drift/seal-baseline.ts';
import { readJsonFile } from './read-input.ts';
import { UsageError } from './usage-error.ts';

/** `target` and `prediction` are columns of a Model Monitor baseline that are no features. */
type Options = { constraints?: string | undefined; target?: string | undefined; prediction?: string | undefined };

/** Our `baseline.json`, or the `statistics.json` of SageMaker Model Monitor with its constraints. @throws UsageError */
export async function loadBaselineFile(path: string, { constraints, ...columns }: Options): Promise<SealedBaseline> {
  const json = await readJsonFile(path, 'baseline');
  if (!isModelMonitorStatistics(json)) {
    const read = readBaseline(json);
    if (read.outcome === 'refused') throw new UsageError(`${path}: ${read.sentence}`);
    if (constraints !== undefined)
      throw new UsageError(
        '--constraints belongs to a statistics.json of Model Monitor: leave it out with a baseline.json.',
      );
    return read.sealed;
  }
  const rules = constraints === undefined ? undefined : await readJsonFile(constraints, 'constraints');
  const read = readModelMonitorBaseline({ statistics: json, constraints: rules }, columns);
  if (read.outcome === 'refused') throw new UsageError(`${path}: ${read.sentence}`);
  return sealBaseline(read.baseline);
}
