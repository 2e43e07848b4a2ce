import { runInNewContext } from 'node:vm';
import type { MetricData } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import type { CompiledMetric } from './metric-definitions.ts';

export type SeenMetric = { name: string; value: number; at: Date };

/** Some expressions take for ever on some lines; meanwhile nobody else would be answered. */
const MATCHING_WITHIN_MS = 1_000;

/** Reads the metrics of one job from its log. */
export class MetricReader {
  readonly #metrics: CompiledMetric[];
  readonly #log: (line: string) => void;
  readonly #last = new Map<string, SeenMetric>();
  #givenUp = false;

  constructor(metrics: CompiledMetric[], log: (line: string) => void) {
    this.#metrics = metrics;
    this.#log = log;
  }

  /** The values that lines give: what the first group matches, or the whole match where there is no group. */
  read(lines: string[], at: Date): SeenMetric[] {
    if (this.#metrics.length === 0 || this.#givenUp) return [];
    const seen = this.#match(lines).flatMap(([name, text]): SeenMetric[] => {
      const value = Number(text);
      return text.trim() === '' || !Number.isFinite(value) ? [] : [{ name, value, at }];
    });
    for (const metric of seen) this.#last.set(metric.name, metric);
    return seen;
  }

  /** The last value of each metric. */
  final(): Checked<MetricData>[] {
    return [...this.#last.values()].map(({ name, value, at }) => ({ MetricName: name, Value: value, Timestamp: at }));
  }

  /** Names with texts, in the order of the lines. */
  #match(lines: string[]): [string, string][] {
    const found: [string, string][] = [];
    const match = () => {
      for (const line of lines)
        for (const { name, pattern } of this.#metrics) {
          const matched = pattern.exec(line);
          if (matched !== null) found.push([name, matched[1] ?? matched[0]]);
        }
    };
    try {
      runInNewContext('match()', { match }, { timeout: MATCHING_WITHIN_MS });
    } catch (error) {
      this.#givenUp = true;
      this.#log(`The MetricDefinitions of a job took too long on its log, and are not read any more: ${String(error)}`);
    }
    return found;
  }
}
