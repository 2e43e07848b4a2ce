import { isFields } from '../api/check-request.ts';
import { ValidationException } from '../errors.ts';
import { type PipelinePlan, type PlannedStep, planPipeline } from './definition.ts';
import { parametersFor } from './parameters.ts';
import { pathOf } from './references.ts';

const ROOTS = ['Parameters', 'Steps', 'Execution'];
const CONDITIONS = [
  ...['Equals', 'NotEquals', 'GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo'],
  ...['Or', 'Not', 'In', 'NotIn'],
];

/**
 * What is asked of a definition when a pipeline is created or updated: that it can be planned, that its defaults have their
 * types, that its references lead somewhere, that its conditions are known. @throws ValidationException
 */
export function requireSoundDefinition(definition: string): void {
  const plan = planPipeline(definition);
  parametersFor(
    plan.parameters.filter((parameter) => parameter.DefaultValue !== undefined),
    [],
  );
  for (const step of plan.steps) {
    for (const reference of referencesIn([step.arguments, step.callback?.queueUrl]))
      requireTarget(plan, step, reference);
    if (step.type === 'Condition') requireConditions(step, step.arguments.Conditions);
  }
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isFields(value)) return [];
  if (Object.keys(value).length === 1 && typeof value.Get === 'string') return [value.Get];
  return Object.values(value).flatMap(referencesIn);
}

function requireTarget(plan: PipelinePlan, step: PlannedStep, reference: string): void {
  const [root, name, kind, file] = pathOf(reference);
  if (!ROOTS.includes(String(root)) || name === undefined) {
    throw new ValidationException(
      `Step '${step.name}': {"Get": "${reference}"} is no reference: it begins with ${ROOTS.join('., ')}.`,
    );
  }
  if (root !== 'Steps' || kind !== 'PropertyFiles') return;
  const files = plan.steps.find((each) => each.name === name)?.propertyFiles ?? [];
  if (!files.some((each) => each.PropertyFileName === file))
    throw new ValidationException(`Step '${step.name}': the step '${name}' declares no property file '${file}'.`);
}

function requireConditions(step: PlannedStep, conditions: unknown): void {
  if (!Array.isArray(conditions))
    throw new ValidationException(`Step '${step.name}': a Condition step needs a list of Conditions.`);
  for (const condition of conditions) {
    const type = isFields(condition) ? condition.Type : undefined;
    if (!isFields(condition) || !CONDITIONS.includes(String(type))) {
      throw new ValidationException(
        `Step '${step.name}': the condition type '${String(type)}' is unknown. Known types: ${CONDITIONS.join(', ')}.`,
      );
    }
    if (type === 'Or') requireConditions(step, condition.Conditions);
    if (type === 'Not') requireConditions(step, [condition.Condition ?? condition.Expression]);
  }
}
