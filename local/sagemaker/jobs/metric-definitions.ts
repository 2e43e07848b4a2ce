import type { MetricDefinition } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';

export type CompiledMetric = { name: string; pattern: RegExp };

/** @throws ValidationException for an expression that can't be compiled */
export function compileMetrics(definitions: Checked<MetricDefinition>[] | undefined): CompiledMetric[] {
  return (definitions ?? []).map(({ Name, Regex }) => {
    try {
      return { name: Name, pattern: translated(Regex) };
    } catch (error) {
      throw new ValidationException(
        `The regular expression '${Regex}' of the metric ${Name} in MetricDefinitions is invalid: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  });
}

/** What Python's expressions, which most definitions come from, write otherwise than JavaScript's: named groups, flags at the start, ends of the text. */
function translated(expression: string): RegExp {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(expression) ?? [];
  return new RegExp(
    rest
      .replaceAll('(?P<', '(?<')
      .replaceAll('\\A', '^')
      .replaceAll(/\\[zZ]/g, '$$'),
    flags,
  );
}
