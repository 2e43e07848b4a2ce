import { isFields } from '../api/check-request.ts';
import type { ServiceModel } from '../api/service-model.ts';
import { ValidationException } from '../errors.ts';
import { type PipelinePlan, type PlannedStep, planPipeline } from './definition.ts';
import { parametersFor } from './parameters.ts';
import { pathOf } from './references.ts';
import type { StepType } from './step-schema.ts';

/** What `Execution.<name>` can name; the names of jobs are those of the step's own. */
const OF_ALL_STEPS = [
  ...['PipelineExecutionId', 'PipelineExecutionArn', 'PipelineName', 'PipelineArn', 'StartDateTime', 'CurrentDateTime'],
];
const EXECUTION_VARIABLES = [...OF_ALL_STEPS, 'TrainingJobName', 'ProcessingJobName'];
const ROOTS = ['Parameters', 'Steps', 'Execution'];
const CONDITIONS = [
  ...['Equals', 'NotEquals', 'GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo'],
  ...['Or', 'Not', 'In', 'NotIn'],
];
/** The arguments of these steps are those of a request, and their properties are what Describe answers. */
const SHAPES: Partial<Record<StepType, { request: string; described: string }>> = {
  Processing: { request: 'CreateProcessingJobRequest', described: 'DescribeProcessingJobResponse' },
  Training: { request: 'CreateTrainingJobRequest', described: 'DescribeTrainingJobResponse' },
  Model: { request: 'CreateModelInput', described: 'DescribeModelOutput' },
  RegisterModel: { request: 'CreateModelPackageInput', described: 'DescribeModelPackageOutput' },
};

/**
 * What is asked of a definition when a pipeline is created or updated: that it can be planned, that its defaults have their
 * types, that its arguments are known, that its references lead somewhere, that its conditions are known.
 * @throws ValidationException
 */
export function requireSoundDefinition(model: ServiceModel, definition: string): void {
  const plan = planPipeline(definition);
  parametersFor(
    plan.parameters.filter((parameter) => parameter.DefaultValue !== undefined),
    [],
  );
  for (const reference of referencesIn(plan.experiment)) requireKnownToAll(plan, reference);
  for (const step of plan.steps) {
    requireKnownArguments(model, step);
    for (const reference of referencesIn([step.arguments, step.target])) requireTarget(model, plan, step, reference);
    if (step.type === 'Condition') requireConditions(step, step.arguments.Conditions);
  }
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isFields(value)) return [];
  if (Object.keys(value).length === 1 && typeof value.Get === 'string') return [value.Get];
  return Object.values(value).flatMap(referencesIn);
}

/** An experiment is named before any step runs. */
function requireKnownToAll(plan: PipelinePlan, reference: string): void {
  const [root, name] = pathOf(reference);
  const known =
    (root === 'Execution' && OF_ALL_STEPS.includes(String(name))) ||
    (root === 'Parameters' && plan.parameters.some((parameter) => parameter.Name === name));
  if (!known)
    throw new ValidationException(
      `PipelineExperimentConfig: {"Get": "${reference}"} leads to no parameter and to nothing of the execution.`,
    );
}

function requireKnownArguments(model: ServiceModel, step: PlannedStep): void {
  const shapes = SHAPES[step.type];
  if (shapes === undefined) return;
  const members = model.shape(shapes.request).members ?? {};
  const stranger = Object.keys(step.arguments).find((name) => !Object.hasOwn(members, name));
  if (stranger !== undefined) {
    throw new ValidationException(
      `Step '${step.name}': '${stranger}' is no argument of a ${step.type} step. Known arguments: ${Object.keys(members).join(', ')}.`,
    );
  }
}

function requireTarget(model: ServiceModel, plan: PipelinePlan, step: PlannedStep, reference: string): void {
  const [root, name, kind, detail] = pathOf(reference);
  if (!ROOTS.includes(String(root)) || name === undefined) {
    throw new ValidationException(
      `Step '${step.name}': {"Get": "${reference}"} is no reference: it begins with ${ROOTS.join('., ')}.`,
    );
  }
  if (root === 'Execution' && !EXECUTION_VARIABLES.includes(String(name))) {
    throw new ValidationException(
      `Step '${step.name}': there is no 'Execution.${name}'. Known variables: ${EXECUTION_VARIABLES.join(', ')}.`,
    );
  }
  const target = root === 'Steps' ? plan.steps.find((each) => each.name === name) : undefined;
  if (target === undefined || typeof kind !== 'string') return;
  const described = SHAPES[target.type]?.described;
  const unknown =
    kind === 'PropertyFiles'
      ? !target.propertyFiles.some((file) => file.PropertyFileName === detail) && `property file '${detail}'`
      : kind === 'OutputParameters'
        ? !target.outputs.some((output) => output.OutputName === detail) && `output parameter '${detail}'`
        : described !== undefined && !Object.hasOwn(model.shape(described).members ?? {}, kind) && `property '${kind}'`;
  if (unknown) throw new ValidationException(`Step '${step.name}': the step '${name}' has no ${unknown}.`);
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
    const missing = membersOf(condition).find((names) => names.every((name) => condition[name] === undefined));
    if (missing !== undefined)
      throw new ValidationException(`Step '${step.name}': the condition ${type} needs ${missing.join(' or ')}.`);
    if (type === 'Or') requireConditions(step, condition.Conditions);
    if (type === 'Not') requireConditions(step, [condition.Condition ?? condition.Expression]);
  }
}

/** What a condition must have, in each spelling that there is for it: the published schema's and the SDK's. */
function membersOf({ Type }: Record<string, unknown>): string[][] {
  if (Type === 'Or') return [['Conditions']];
  if (Type === 'Not') return [['Expression', 'Condition']];
  if (Type === 'In' || Type === 'NotIn')
    return [
      ['QueryValue', 'Value'],
      ['Values', 'In'],
    ];
  return [['LeftValue'], ['RightValue']];
}
