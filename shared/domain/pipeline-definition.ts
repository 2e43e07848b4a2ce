import * as z from 'zod';

/** Values of a definition: JSON with references such as `{"Get": "Parameters.CodeUri"}` in it. */
const Arguments = z.record(z.string(), z.unknown());

export const PipelineParameter = z.strictObject({
  Name: z.string().regex(/^[A-Za-z0-9_-]{1,256}$/, 'made of letters, digits, - and _'),
  Type: z.enum(['String', 'Integer', 'Float', 'Boolean']),
  DefaultValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
  Description: z.string().optional(),
  EnumValues: z.array(z.union([z.string(), z.number()])).optional(),
});
export type PipelineParameter = z.infer<typeof PipelineParameter>;

const StepBase = {
  Name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'made of letters, digits, - and _, at most 64 of them'),
  DependsOn: z.array(z.string()).optional(),
  DisplayName: z.string().optional(),
  Description: z.string().optional(),
};

const RetryPolicies = z.array(z.looseObject({ ExceptionType: z.union([z.string(), z.array(z.string())]) })).optional();
const CacheConfig = z.strictObject({ Enabled: z.boolean(), ExpireAfter: z.string().optional() }).optional();

const ProcessingStep = z.strictObject({
  ...StepBase,
  Type: z.literal('Processing'),
  Arguments,
  PropertyFiles: z
    .array(z.strictObject({ PropertyFileName: z.string(), OutputName: z.string(), FilePath: z.string() }))
    .optional(),
  RetryPolicies,
  CacheConfig,
});

const TrainingStep = z.strictObject({
  ...StepBase,
  Type: z.literal('Training'),
  Arguments,
  RetryPolicies,
  CacheConfig,
});

const FailStep = z.strictObject({
  ...StepBase,
  Type: z.literal('Fail'),
  Arguments: z.strictObject({ ErrorMessage: z.unknown() }),
});

const ConditionStep = z.strictObject({
  ...StepBase,
  Type: z.literal('Condition'),
  Arguments: z.strictObject({
    Conditions: z.array(z.looseObject({ Type: z.string() })).min(1),
    get IfSteps() {
      return z.array(PipelineStep).default([]);
    },
    get ElseSteps() {
      return z.array(PipelineStep).default([]);
    },
  }),
});

export const PipelineStep: z.ZodType<PipelineStep> = z.lazy(() =>
  z.discriminatedUnion('Type', [ProcessingStep, TrainingStep, ConditionStep, FailStep]),
);

type JobStep = z.infer<typeof ProcessingStep> | z.infer<typeof TrainingStep>;
type ConditionalStep = Omit<z.infer<typeof FailStep>, 'Type' | 'Arguments'> & {
  Type: 'Condition';
  Arguments: {
    Conditions: { [key: string]: unknown; Type: string }[];
    IfSteps: PipelineStep[];
    ElseSteps: PipelineStep[];
  };
};
export type PipelineStep = JobStep | z.infer<typeof FailStep> | ConditionalStep;

/** A SageMaker pipeline definition, schema 2020-12-01, as far as authors may use it. */
export const PipelineDefinition = z.strictObject({
  Version: z.literal('2020-12-01'),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  Parameters: z.array(PipelineParameter).default([]),
  PipelineExperimentConfig: z.null().optional(),
  Steps: z.array(PipelineStep).min(1),
});
export type PipelineDefinition = z.infer<typeof PipelineDefinition>;

/** Limit of CreatePipeline, in bytes. */
export const MAX_DEFINITION_BYTES = 1_048_576;

/** Every step with its place, those inside a Condition too; `parent` is the Condition's name. */
export type PlacedStep = { step: PipelineStep; path: (string | number)[]; parent?: string };

export function stepsOf(definition: Pick<PipelineDefinition, 'Steps'>): PlacedStep[] {
  return placed(definition.Steps, ['Steps'], undefined);
}

function placed(steps: readonly PipelineStep[], path: (string | number)[], parent: string | undefined): PlacedStep[] {
  return steps.flatMap((step, index) => {
    const own = [...path, index];
    const self: PlacedStep = { step, path: own, ...(parent !== undefined && { parent }) };
    if (step.Type !== 'Condition') return [self];
    return [
      self,
      ...placed(step.Arguments.IfSteps, [...own, 'Arguments', 'IfSteps'], step.Name),
      ...placed(step.Arguments.ElseSteps, [...own, 'Arguments', 'ElseSteps'], step.Name),
    ];
  });
}
