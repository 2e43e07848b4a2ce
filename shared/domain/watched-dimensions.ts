/**
 * By what CloudWatch tells the metrics of one watched environment from all others. The stage stands among them: two stages may share an
 * account and a region, and neither may ring the other's alarms.
 */
export function watchedDimensions(stage: string, model: string, environment: string): Record<string, string> {
  return { Stage: stage, Model: model, Environment: environment };
}
