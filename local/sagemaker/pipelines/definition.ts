import * as z from 'zod';
import { ValidationException } from '../errors.ts';
import { stepsNamedIn } from './references.ts';

/** Steps that run here. The service knows more; a definition that holds one of those is refused when it is created. */
const STEP_TYPES = ['Processing', 'Training', 'Condition', 'Fail', 'Callback'] as const;
type StepType = (typeof STEP_TYPES)[number];

const Parameter = z.object({
  Name: z.string().min(1),
  Type: z.enum(['String', 'Integer', 'Float', 'Boolean']),
  DefaultValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
  EnumValues: z.array(z.union([z.string(), z.number()])).optional(),
});
export type DefinedParameter = z.infer<typeof Parameter>;

const OutputParameter = z.object({
  OutputName: z.string().min(1),
  OutputType: z.enum(['String', 'Integer', 'Float', 'Boolean']),
});

const Step = z.object({
  Name: z.string().regex(/^[A-Za-z0-9\-_]{1,64}$/),
  Type: z.string(),
  Arguments: z.record(z.string(), z.unknown()).optional(),
  DependsOn: z.array(z.string()).optional(),
  DisplayName: z.string().optional(),
  Description: z.string().optional(),
  /** Of a Callback step; text, or a reference to one. */
  SqsQueueUrl: z.unknown().optional(),
  OutputParameters: z.array(OutputParameter).optional(),
  PropertyFiles: z
    .array(z.object({ PropertyFileName: z.string(), OutputName: z.string(), FilePath: z.string() }))
    .optional(),
});
type Step = z.infer<typeof Step>;

const Definition = z.object({
  Version: z.literal('2020-12-01').optional(),
  Parameters: z.array(Parameter).optional(),
  Steps: z.array(Step).min(1),
});

const Branches = z.object({ IfSteps: z.array(Step).optional(), ElseSteps: z.array(Step).optional() });

type PropertyFile = { PropertyFileName: string; OutputName: string; FilePath: string };

/** A step as the engine sees it: flat, with everything that must have succeeded before it. */
export type PlannedStep = {
  name: string;
  type: StepType;
  arguments: Record<string, unknown>;
  dependsOn: string[];
  /** The condition step that it stands in, and the outcome that leads to it. */
  guard?: { condition: string; outcome: 'True' | 'False' };
  propertyFiles: PropertyFile[];
  /** Of a Callback step only. */
  callback?: { queueUrl: unknown; outputs: z.infer<typeof OutputParameter>[] };
  displayName?: string;
  description?: string;
};

export type PipelinePlan = { parameters: DefinedParameter[]; steps: PlannedStep[] };

/** @throws ValidationException in a sentence that says what is wrong with the definition */
export function planPipeline(definition: string): PipelinePlan {
  const parsed = Definition.safeParse(parseJson(definition));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'the definition'}: ${issue.message}`,
    );
    throw new ValidationException(`Unable to parse pipeline definition. ${problems.join('; ')}`);
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
  return { parameters, steps };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValidationException(`Unable to parse pipeline definition. Invalid JSON: ${String(error)}`);
  }
}

function flatten(step: Step, guard?: PlannedStep['guard']): PlannedStep[] {
  const type = STEP_TYPES.find((known) => known === step.Type);
  if (type === undefined) {
    throw new ValidationException(
      `Step '${step.Name}' has the type '${step.Type}', which can't run here. Known types: ${STEP_TYPES.join(', ')}.`,
    );
  }
  const stepArguments = step.Arguments ?? {};
  const branches = type === 'Condition' ? Branches.safeParse(stepArguments) : undefined;
  if (branches !== undefined && !branches.success) {
    throw new ValidationException(`Step '${step.Name}': IfSteps and ElseSteps must be lists of steps.`);
  }
  const { IfSteps: _if, ElseSteps: _else, ...own } = stepArguments;
  if (type === 'Callback' && (step.SqsQueueUrl === undefined || step.SqsQueueUrl === '')) {
    throw new ValidationException(`Step '${step.Name}': a Callback step needs an SqsQueueUrl.`);
  }
  const named = stepsNamedIn([own, step.SqsQueueUrl]);
  const dependsOn = [
    ...new Set([...(step.DependsOn ?? []), ...named, ...(guard === undefined ? [] : [guard.condition])]),
  ];
  const planned: PlannedStep = {
    name: step.Name,
    type,
    arguments: own,
    dependsOn,
    propertyFiles: step.PropertyFiles ?? [],
    ...(type === 'Callback' ? { callback: { queueUrl: step.SqsQueueUrl, outputs: step.OutputParameters ?? [] } } : {}),
    ...(guard === undefined ? {} : { guard }),
    ...(step.DisplayName === undefined ? {} : { displayName: step.DisplayName }),
    ...(step.Description === undefined ? {} : { description: step.Description }),
  };
  const inner = [
    ...(branches?.data.IfSteps ?? []).flatMap((child) => flatten(child, { condition: step.Name, outcome: 'True' })),
    ...(branches?.data.ElseSteps ?? []).flatMap((child) => flatten(child, { condition: step.Name, outcome: 'False' })),
  ];
  return [planned, ...inner];
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
    const missing = parametersNamedIn([step.arguments, step.callback?.queueUrl]).find((name) => !declared.has(name));
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
