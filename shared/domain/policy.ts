import * as z from 'zod';
import { EnvironmentName, ModelName, S3Uri } from './identifiers.ts';

/** A path into evaluation.json, dots between keys, `*` for every key of a level: `slices.origin.*.auc`. */
export const MetricPath = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(\.([A-Za-z0-9_-]+|\*))*$/, 'keys joined by dots, * for every key of a level');

/** Exactly one rule a gate: a floor, a ceiling, or a comparison with the champion on the same rows. */
export const Gate = z.union([
  z.strictObject({ metric: MetricPath, min: z.number(), minRows: z.number().int().min(1).optional() }),
  z.strictObject({ metric: MetricPath, max: z.number(), minRows: z.number().int().min(1).optional() }),
  z.strictObject({
    metric: MetricPath,
    versus: z.literal('champion'),
    maxRegression: z.number().min(0),
    /** Which way is better; `higher` where it isn't said. */
    better: z.enum(['higher', 'lower']).default('higher'),
    minRows: z.number().int().min(1).optional(),
  }),
]);
export type Gate = z.infer<typeof Gate>;

export const RiskTier = z.enum(['low', 'medium', 'high']);
export type RiskTier = z.infer<typeof RiskTier>;

export const DataSource = z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9_]{0,30}$/), uri: S3Uri });
export type DataSource = z.infer<typeof DataSource>;

/** Capture of requests and answers at an endpoint; off where not asked for. */
export const Capture = z.strictObject({
  percent: z.number().int().min(1).max(100),
  /** The bucket's lifecycle deletes what was captured after 30 days; other spans are not offered yet. */
  retainDays: z.literal(30).default(30),
});
export type Capture = z.infer<typeof Capture>;

export const EnvironmentPolicy = z.strictObject({
  name: EnvironmentName,
  instanceType: z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'a SageMaker instance type such as ml.m5.large'),
  instanceCount: z.number().int().min(1).max(100).default(1),
  /** Canary and linear roll-out are not offered yet; the schema says so in words. */
  strategy: z.literal('all-at-once').default('all-at-once'),
  capture: Capture.optional(),
});
export type EnvironmentPolicy = z.infer<typeof EnvironmentPolicy>;

/** `mlops.yaml`, version `mlops/v1`: what a model's authors declare; may only be stricter than the onboarding record's floors. */
export const Policy = z.strictObject({
  apiVersion: z.literal('mlops/v1'),
  model: ModelName,
  riskTier: RiskTier.default('high'),
  data: z.array(DataSource).min(1).max(10),
  pipeline: z.strictObject({
    definition: z.string().default('pipeline.json'),
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  }),
  evaluation: z.strictObject({
    report: z
      .string()
      .regex(/^[\w.-]+$/)
      .default('evaluation.json'),
    gates: z.array(Gate).min(1).max(60),
  }),
  approval: z.strictObject({
    stewards: z.strictObject({ group: z.string() }),
    quorum: z.literal(1).default(1),
    fourEyes: z.boolean().default(true),
    /** ISO 8601 duration, at most P14D: the workflow's own timeout is 15 days. */
    expiresAfter: z.string().default('P3D'),
  }),
  environments: z.array(EnvironmentPolicy).min(1).max(6),
  smokeTest: z.strictObject({
    records: z.string().default('golden.jsonl'),
    tolerance: z.number().min(0).default(0.001),
    latencyP95Ms: z.number().int().min(1).optional(),
  }),
  feedback: z
    .strictObject({ issueLabels: z.array(z.string()).max(10).default(['model-feedback']) })
    .default({ issueLabels: ['model-feedback'] }),
});
export type Policy = z.infer<typeof Policy>;
