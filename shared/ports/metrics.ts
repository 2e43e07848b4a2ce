/** One value at one time. `unit` is `None` where it isn't said; dimensions are at most 30, and `at` is ISO 8601. */
export type MetricPoint = {
  name: string;
  value: number;
  unit?: 'None' | 'Count' | 'Percent' | 'Microseconds' | 'Milliseconds' | 'Seconds';
  dimensions: Readonly<Record<string, string>>;
  at: string;
};

/** The metrics that people and alarms see, in the namespace `MLOps`. */
export type Metrics = {
  /**
   * Publishes the points, as many as there are. CloudWatch keeps what was published before a failure, so the caller repeats all of it.
   * @throws ServiceUnavailable, PermissionRefused
   */
  publish(points: readonly MetricPoint[]): Promise<void>;
};
