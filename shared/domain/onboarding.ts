import * as z from 'zod';
import { EnvironmentName, ModelName } from './identifiers.ts';
import { Gate } from './policy.ts';

/** A prefix in S3 whose bucket may hold placeholders: `s3://mlops-data-${stage}/flight-delays/`. It ends with a slash. */
export const S3UriTemplate = z
  .string()
  .regex(/^s3:\/\/[a-z0-9$][a-zA-Z0-9.${}-]+\/(.*\/)?$/, 'an S3 prefix that ends with a slash');

/** Levels below which a model's own policy may not go. */
export const Floors = z.strictObject({
  gates: z.array(Gate).max(60),
  fourEyes: z.boolean(),
  quorum: z.literal(1),
  /** In this order, and all of them. */
  environments: z.array(EnvironmentName).min(1),
  /** Environments whose policy must capture. */
  capture: z.array(EnvironmentName).default([]),
});
export type Floors = z.infer<typeof Floors>;

/**
 * What the platform says of one model (`onboarding/<model>.yaml`), beyond the reach of its authors.
 * Strings may hold `${stage}`, `${accountId}`, `${region}` and `${rolePath}`, which the stage fills in.
 */
export const OnboardingRecord = z.strictObject({
  model: ModelName,
  project: z.strictObject({ id: z.number().int(), path: z.string() }),
  allowedRefs: z.array(z.string()).min(1),
  groups: z.strictObject({ stewards: z.string(), onCall: z.string(), auditors: z.string().optional() }),
  /** `pipeline` makes the jobs, `training` is what user code runs as, `serving` what a model runs as. */
  roles: z.strictObject({ pipeline: z.string(), training: z.string(), serving: z.string() }),
  images: z.strictObject({ processing: z.string(), training: z.string(), inference: z.string() }),
  /** Prefixes that the policy's data may lie under. */
  dataLocations: z.array(S3UriTemplate).min(1),
  floors: Floors,
});
export type OnboardingRecord = z.infer<typeof OnboardingRecord>;
