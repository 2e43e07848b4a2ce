import type { MetricData, MetricDefinition } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';

type Compiled = { name: string; pattern: RegExp };
export type SeenMetric = { name: string; value: number; at: Date };

/** @throws ValidationException for an expression that can't be compiled */
export function compileMetrics(definitions: Checked<MetricDefinition>[] | undefined): Compiled[] {
  return (definitions ?? []).map(({ Name, Regex }) => {
    try {
      // Named groups as Python writes them, which most expressions come from.
      return { name: Name, pattern: new RegExp(Regex.replaceAll('(?P<', '(?<')) };
    } catch (error) {
      throw new ValidationException(
        `The regular expression '${Regex}' of the metric ${Name} in MetricDefinitions is invalid: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  });
}

/** The values that lines of a log give: what the first group matches, or the whole match where there is no group. */
export function metricsIn(lines: string[], metrics: Compiled[], at: Date): SeenMetric[] {
  return lines.flatMap((line) =>
    metrics.flatMap(({ name, pattern }) => {
      const found = pattern.exec(line);
      const text = (found?.[1] ?? found?.[0] ?? '').trim();
      const value = Number(text);
      return text === '' || !Number.isFinite(value) ? [] : [{ name, value, at }];
    }),
  );
}

/** The last value of each metric. */
export function finalMetrics(seen: SeenMetric[]): Checked<MetricData>[] {
  const last = new Map(seen.map((metric) => [metric.name, metric]));
  return [...last.values()].map(({ name, value, at }) => ({ MetricName: name, Value: value, Timestamp: at }));
}
