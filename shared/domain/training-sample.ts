import * as z from 'zod';

/** The largest sample that registration reads in time, in bytes: some two million rows of ten columns. */
export const MAX_SAMPLE_BYTES = 200 * 1024 * 1024;

export const MAX_DESCRIPTION_BYTES = 1024 * 1024;

/** `training-sample.json`, beside `training-sample.csv`: which column is the model's own answer, and what columns are. */
export const SampleDescription = z.object({
  prediction: z.string().nullable().default(null),
  /** Only for columns whose values would tell otherwise: codes that are categories, say. */
  types: z.record(z.string(), z.enum(['numeric', 'categorical'])).default({}),
});
export type SampleDescription = z.infer<typeof SampleDescription>;
