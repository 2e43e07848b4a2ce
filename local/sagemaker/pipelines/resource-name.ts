import type { PipelineExecution } from '../state/records.ts';
import type { PlannedStep } from './definition.ts';

const LONGEST = 63;

/**
 * What a step's job or model is called: `pipelines-<execution>-<step>-<random>`, or with a prefix that its arguments give,
 * `<prefix>-<execution>-<random>`; at most 63 characters.
 */
export function resourceName(
  execution: Pick<PipelineExecution, 'id'>,
  step: PlannedStep,
  prefix: unknown,
  random: string,
): string {
  const own = typeof prefix === 'string' && prefix !== '';
  const [before, after] = own ? ['', `-${execution.id}-${random}`] : [`pipelines-${execution.id}-`, `-${random}`];
  const words = (own ? prefix : step.name)
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, LONGEST - before.length - after.length)
    .replaceAll(/^-+|-+$/g, '');
  return `${before}${words}${after}`;
}
