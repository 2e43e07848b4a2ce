import * as z from 'zod';
import { durationMs } from './duration.ts';

/** Steps that run here. The service knows more; a definition that holds one of those is refused when it is created. */
export const STEP_TYPES = [
  ...(['Processing', 'Training', 'Model', 'RegisterModel', 'Lambda', 'Callback', 'Condition', 'Fail'] as const),
];
export type StepType = (typeof STEP_TYPES)[number];

/** The service retries steps of these types. */
export const RETRIED_TYPES: readonly StepType[] = ['Processing', 'Training', 'Model', 'RegisterModel'];

const EXCEPTION_TYPES = [
  'Step.SERVICE_FAULT',
  'Step.THROTTLING',
  'SageMaker.JOB_INTERNAL_ERROR',
  'SageMaker.CAPACITY_ERROR',
  'SageMaker.RESOURCE_LIMIT',
] as const;
export type ExceptionType = (typeof EXCEPTION_TYPES)[number];

const ExceptionTypes = z.union([z.enum(EXCEPTION_TYPES), z.array(z.enum(EXCEPTION_TYPES)).min(1)]);

/** Bounds and defaults from the developer guide, "Retry Policy for Pipeline Steps". */
const RetryPolicy = z
  .object({
    ExceptionType: ExceptionTypes.transform((types) => (typeof types === 'string' ? [types] : types)),
    IntervalSeconds: z.number().int().min(0).max(43_200).default(1),
    BackoffRate: z.number().min(0).default(2),
    MaxAttempts: z.number().int().min(0).max(20).optional(),
    ExpireAfterMin: z.number().int().min(0).max(14_400).optional(),
  })
  .refine((policy) => policy.MaxAttempts === undefined || policy.ExpireAfterMin === undefined, {
    message: 'only one of MaxAttempts and ExpireAfterMin can be given',
  });
export type RetryPolicy = z.infer<typeof RetryPolicy>;

const CacheConfig = z
  .object({ Enabled: z.boolean(), ExpireAfter: z.string().nullish() })
  .refine((config) => !config.Enabled || durationMs(config.ExpireAfter ?? '') !== undefined, {
    message: 'a cache that is enabled needs an ExpireAfter, an ISO 8601 duration such as P30D, PT1H or 30d',
  });

const Parameter = z.object({
  Name: z.string().regex(/^[A-Za-z0-9\-_]{1,256}$/),
  Type: z.enum(['String', 'Integer', 'Float', 'Boolean']).default('String'),
  DefaultValue: z.union([z.string(), z.number(), z.boolean()]).optional(),
  EnumValues: z.array(z.union([z.string(), z.number()])).optional(),
});
export type DefinedParameter = z.infer<typeof Parameter>;

const OutputParameter = z.object({
  OutputName: z.string().min(1),
  OutputType: z.enum(['String', 'Integer', 'Float', 'Boolean']),
});
export type DeclaredOutput = z.infer<typeof OutputParameter>;

const PropertyFile = z.object({ PropertyFileName: z.string(), OutputName: z.string(), FilePath: z.string() });
export type PropertyFile = z.infer<typeof PropertyFile>;

const Step = z.object({
  Name: z.string().regex(/^[A-Za-z0-9\-_]{1,64}$/),
  Type: z.string(),
  Arguments: z.record(z.string(), z.unknown()).nullish(),
  DependsOn: z.array(z.string()).nullish(),
  DisplayName: z.string().nullish(),
  Description: z.string().nullish(),
  /** Of a Callback and of a Lambda step; text, or a reference to one. */
  SqsQueueUrl: z.unknown().optional(),
  FunctionArn: z.unknown().optional(),
  OutputParameters: z.array(OutputParameter).nullish(),
  PropertyFiles: z.array(PropertyFile).nullish(),
  CacheConfig: CacheConfig.nullish(),
  RetryPolicies: z.array(RetryPolicy).nullish(),
});
export type DefinedStep = z.infer<typeof Step>;

export const Definition = z.object({
  Version: z.literal('2020-12-01').optional(),
  Parameters: z.array(Parameter).nullish(),
  /** Kept with the execution, references resolved. */
  PipelineExperimentConfig: z.object({ ExperimentName: z.unknown(), TrialName: z.unknown() }).nullish(),
  Steps: z.array(Step).min(1),
});

export const Branches = z.object({ IfSteps: z.array(Step).nullish(), ElseSteps: z.array(Step).nullish() });
