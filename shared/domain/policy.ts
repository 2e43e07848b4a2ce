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
  /** The capture bucket's lifecycle deletes what was captured after so many days. */
  retainDays: z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90)]).default(30),
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

/** How live traffic is compared with the training data, in every environment that captures. */
export const DriftMonitoring = z.strictObject({
  /** As EventBridge Scheduler writes it: `rate(1 hour)` or `cron(…)`. */
  schedule: z
    .string()
    .regex(
      /^(rate\(\d+ (minutes?|hours?|days?)\)|cron\([^()]{9,100}\))$/,
      'rate(1 hour) or cron(…), as EventBridge Scheduler writes it',
    )
    .default('rate(1 hour)'),
  /** ISO 8601 duration of one window, PT5M to P7D. */
  window: z.string().default('PT1H'),
  alert: z
    .strictObject({
      /** Share of drifted features from which on a window is drifted. */
      features: z.number().min(0.01).max(1).default(0.3),
      /** So many drifted windows in a row raise the alarm and open a case; so many recovered ones close it. */
      consecutive: z.number().int().min(1).max(10).default(2),
    })
    .prefault({}),
  /** Whether reports may show values that the training data never had, from 20 occurrences on. */
  showUnseenValues: z.boolean().default(false),
});
export type DriftMonitoring = z.infer<typeof DriftMonitoring>;

/** The share of requests that are answered without error within a time, and the span whose budget the rest uses up. */
export const LatencyObjective = z.strictObject({
  withinMs: z.number().int().min(1).max(60_000),
  target: z.number().min(0.5).max(0.9999),
  window: z.literal('P30D').default('P30D'),
});
export type LatencyObjective = z.infer<typeof LatencyObjective>;

export const Monitoring = z.strictObject({
  drift: DriftMonitoring.optional(),
  latency: z.strictObject({ slo: LatencyObjective }).optional(),
});
export type Monitoring = z.infer<typeof Monitoring>;

/** Whether a case of drift trains the live version's commit again on the data of that day. */
export const Retraining = z.strictObject({
  on: z.array(z.literal('drift')).min(1).default(['drift']),
  /** ISO 8601 duration between two retrainings of a model, PT1H to P30D. */
  cooldown: z.string().default('P1D'),
  maxPerWeek: z.number().int().min(1).max(7).default(3),
});
export type Retraining = z.infer<typeof Retraining>;

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
  monitoring: Monitoring.optional(),
  feedback: z
    .strictObject({
      issueLabels: z.array(z.string()).max(10).default(['model-feedback']),
      retrain: Retraining.optional(),
    })
    .default({ issueLabels: ['model-feedback'] }),
});
export type Policy = z.infer<typeof Policy>;
