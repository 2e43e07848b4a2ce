import * as z from 'zod';

/** Deequ writes `"NaN"` where a column has no values. */
const Moment = z.preprocess(
  (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null),
  z.number().nullable(),
);
const Common = z.looseObject({ num_present: z.number().min(0), num_missing: z.number().min(0) });

/**
 * SageMaker Model Monitor's `statistics.json`, as far as it describes distributions:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
 */
export const ModelMonitorStatistics = z.looseObject({
  dataset: z.looseObject({ item_count: z.number().min(0) }),
  features: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        numerical_statistics: z
          .looseObject({
            common: Common,
            mean: Moment,
            std_dev: Moment,
            min: Moment,
            max: Moment,
            distribution: z
              .looseObject({
                kll: z
                  .looseObject({
                    buckets: z.array(
                      z.looseObject({ lower_bound: z.number(), upper_bound: z.number(), count: z.number().min(0) }),
                    ),
                  })
                  .optional(),
              })
              .optional(),
          })
          .optional(),
        string_statistics: z
          .looseObject({
            common: Common,
            distribution: z
              .looseObject({
                categorical: z
                  .looseObject({ buckets: z.array(z.looseObject({ value: z.string(), count: z.number().min(0) })) })
                  .optional(),
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .min(1)
    .max(2_001),
});
export type ModelMonitorStatistics = z.infer<typeof ModelMonitorStatistics>;

/** `constraints.json`: only the values that a column of texts may have are read. */
export const ModelMonitorConstraints = z.looseObject({
  features: z.array(
    z.looseObject({
      name: z.string(),
      string_constraints: z.looseObject({ domains: z.array(z.string()).optional() }).optional(),
    }),
  ),
});
export type ModelMonitorConstraints = z.infer<typeof ModelMonitorConstraints>;
