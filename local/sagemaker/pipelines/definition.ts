import type * as z from 'zod';
import { ValidationException } from '../errors.ts';
import { durationMs } from './duration.ts';
import { stepsNamedIn } from './references.ts';
import {
  Branches,
  type DeclaredOutput,
  type DefinedParameter,
  type DefinedStep,
  Definition,
  type PropertyFile,
  RETRIED_TYPES,
  type RetryPolicy,
  STEP_TYPES,
  type StepType,
} from './step-schema.ts';

/** A step as the engine sees it: flat, with everything that must have succeeded before it. */
export type PlannedStep = {
  name: string;
  type: StepType;
  arguments: Record<string, unknown>;
  dependsOn: string[];
  /** The condition step that it stands in, and the outcome that leads to it. */
  guard?: { condition: string; outcome: 'True' | 'False' };
  propertyFiles: PropertyFile[];
  /** The queue that a Callback step tells, the function that a Lambda step calls: text, or a reference to one. */
  target?: unknown;
  /** What a Callback or a Lambda step brings. */
  outputs: DeclaredOutput[];
  /** How old a former run may be that is used instead of a new one. */
  cachedForMs?: number;
  retryPolicies: RetryPolicy[];
  displayName?: string;
  description?: string;
};

export type PipelinePlan = {
  parameters: DefinedParameter[];
  steps: PlannedStep[];
  /** ExperimentName and TrialName, with references. */
  experiment?: { ExperimentName?: unknown; TrialName?: unknown };
};

/** @throws ValidationException in a sentence that says what is wrong with the definition */
export function planPipeline(definition: string): PipelinePlan {
  const parsed = Definition.safeParse(parseJson(definition));
  if (!parsed.success) {
    throw new ValidationException(`Unable to parse pipeline definition. ${problemsOf(parsed.error)}`);
  }
  const steps = parsed.data.Steps.flatMap((step) => flatten(step));
  const parameters = parsed.data.Parameters ?? [];
  requireUnique(
    steps.map((step) => step.name),
    'Step',
  );
  requireUnique(
    parameters.map((parameter) => parameter.Name),
    'Parameter',
  );
  requireKnownNames(steps, parameters);
  requireOrder(steps);
  const experiment = parsed.data.PipelineExperimentConfig ?? undefined;
  return { parameters, steps, ...(experiment === undefined ? {} : { experiment }) };
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'the definition'}: ${issue.message}`).join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValidationException(`Unable to parse pipeline definition. Invalid JSON: ${String(error)}`);
  }
}

function flatten(step: DefinedStep, guard?: PlannedStep['guard']): PlannedStep[] {
  const type = STEP_TYPES.find((known) => known === step.Type);
  if (type === undefined) {
    throw new ValidationException(
      `Step '${step.Name}' has the type '${step.Type}', which can't run here. Known types: ${STEP_TYPES.join(', ')}.`,
    );
  }
  const stepArguments = step.Arguments ?? {};
  const branches = type === 'Condition' ? Branches.safeParse(stepArguments) : undefined;
  if (branches !== undefined && !branches.success) {
    throw new ValidationException(
      `Step '${step.Name}': IfSteps and ElseSteps must be lists of steps. ${problemsOf(branches.error)}`,
    );
  }
  const { IfSteps: _if, ElseSteps: _else, ...own } = stepArguments;
  const target = targetOf(step, type);
  const named = stepsNamedIn([own, target]);
  const { DisplayName: displayName, Description: description } = step;
  const planned: PlannedStep = {
    name: step.Name,
    type,
    arguments: own,
    dependsOn: [...new Set([...(step.DependsOn ?? []), ...named, ...(guard === undefined ? [] : [guard.condition])])],
    propertyFiles: step.PropertyFiles ?? [],
    outputs: step.OutputParameters ?? [],
    retryPolicies: retryPoliciesOf(step, type),
    ...(target === undefined ? {} : { target }),
    ...(step.CacheConfig?.Enabled ? { cachedForMs: durationMs(step.CacheConfig.ExpireAfter ?? '') ?? 0 } : {}),
    ...(guard === undefined ? {} : { guard }),
    ...(displayName === undefined || displayName === null ? {} : { displayName }),
    ...(description === undefined || description === null ? {} : { description }),
  };
  const inner = [
    ...(branches?.data.IfSteps ?? []).flatMap((child) => flatten(child, { condition: step.Name, outcome: 'True' })),
    ...(branches?.data.ElseSteps ?? []).flatMap((child) => flatten(child, { condition: step.Name, outcome: 'False' })),
  ];
  return [planned, ...inner];
}

function targetOf(step: DefinedStep, type: StepType): unknown {
  const member = type === 'Callback' ? 'SqsQueueUrl' : type === 'Lambda' ? 'FunctionArn' : undefined;
  if (member === undefined) return undefined;
  const target = step[member];
  if (target === undefined || target === null || target === '')
    throw new ValidationException(`Step '${step.Name}': a ${type} step needs a ${member}.`);
  return target;
}

function retryPoliciesOf(step: DefinedStep, type: StepType): RetryPolicy[] {
  const policies = step.RetryPolicies ?? [];
  if (policies.length > 0 && !RETRIED_TYPES.includes(type)) {
    throw new ValidationException(
      `Step '${step.Name}': RetryPolicies are for steps of the types ${RETRIED_TYPES.join(', ')}.`,
    );
  }
  return policies;
}

function requireUnique(names: string[], what: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ValidationException(`${what} names must be unique within a pipeline: '${twice}' stands there twice.`);
}

function requireKnownNames(steps: PlannedStep[], parameters: DefinedParameter[]): void {
  const names = new Set(steps.map((step) => step.name));
  const declared = new Set(parameters.map((parameter) => parameter.Name));
  for (const step of steps) {
    const stranger = step.dependsOn.find((name) => !names.has(name));
    if (stranger !== undefined) {
      throw new ValidationException(`Step '${step.name}' depends on '${stranger}', which is no step of this pipeline.`);
    }
    const missing = parametersNamedIn([step.arguments, step.target]).find((name) => !declared.has(name));
    if (missing !== undefined) {
      throw new ValidationException(
        `Step '${step.name}' uses the parameter '${missing}', which the pipeline definition doesn't declare.`,
      );
    }
  }
}

function parametersNamedIn(value: unknown): string[] {
  const found = JSON.stringify(value).matchAll(/\{"Get":"Parameters\.([^"]+)"\}/g);
  return [...found].map((match) => match[1] ?? '');
}

/** Repeatedly takes away the steps that wait for nothing; what is left waits for itself. */
function requireOrder(steps: PlannedStep[]): void {
  let left = steps;
  for (;;) {
    const names = new Set(left.map((step) => step.name));
    const waiting = left.filter((step) => step.dependsOn.some((name) => names.has(name)));
    if (waiting.length === 0) return;
    if (waiting.length === left.length) {
      throw new ValidationException(
        `The pipeline definition has a cycle: ${waiting.map((step) => step.name).join(', ')} wait for each other.`,
      );
    }
    left = waiting;
  }
}
