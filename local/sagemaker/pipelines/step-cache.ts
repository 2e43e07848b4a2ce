import { createHash } from 'node:crypto';
import { isFields } from '../api/check-request.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PlannedStep } from './definition.ts';
import { resourceOf } from './step-resource.ts';
import type { StepType } from './step-schema.ts';

/** From the developer guide, "Default cache key attributes by pipeline step type"; outputs and resources are left out there. */
const KEY_ATTRIBUTES: Partial<Record<StepType, string[]>> = {
  Processing: ['AppSpecification', 'Environment', 'ProcessingInputs'],
  Training: [
    ...['AlgorithmSpecification', 'CheckpointConfig', 'DebugHookConfig', 'DebugRuleConfigurations'],
    ...['Environment', 'HyperParameters', 'InputDataConfig'],
  ],
};

/** What must be the same in a former run; undefined for steps that are never cached. */
export function cacheKeyOf(type: StepType, resolvedArguments: unknown): string | undefined {
  const attributes = KEY_ATTRIBUTES[type];
  if (attributes === undefined || !isFields(resolvedArguments)) return undefined;
  const values = attributes.map((name) => [name, inOneOrder(resolvedArguments[name])]);
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}

type FormerRun = { execution: PipelineExecution; step: PipelineStep };

/** The newest successful run of this step in this pipeline that has the same key, is young enough, and whose job is still known. */
export function cachedRun(
  world: Pick<World, 'store' | 'now'>,
  { pipelineArn }: Pick<PipelineExecution, 'pipelineArn'>,
  { name, type, cachedForMs = 0 }: Pick<PlannedStep, 'name' | 'type' | 'cachedForMs'>,
  key: string | undefined,
): FormerRun | undefined {
  if (key === undefined) return undefined;
  const oldest = world.now().getTime() - cachedForMs;
  const endOf = (step: PipelineStep) => step.endedAt?.getTime() ?? 0;
  const ownRun = (step: PipelineStep) => step.takenFrom === undefined && step.cachedFrom === undefined;
  return world.store.executions
    .all()
    .filter((execution) => execution.pipelineArn === pipelineArn)
    .flatMap((execution) =>
      execution.steps
        .filter((step) => step.name === name && step.type === type && step.status === 'Succeeded')
        .filter((step) => ownRun(step) && step.cacheKey === key && endOf(step) >= oldest)
        .map((step) => ({ execution, step })),
    )
    .sort((a, b) => endOf(b.step) - endOf(a.step))
    .find(({ step }) => resourceOf(world, step.metadata) !== undefined);
}

/** Members that a definition writes in another order are the same. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (!isFields(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOneOrder(value[name])]));
}
