/** At most 64 characters: 24 (model) + 1 + 12 (environment) + 6. */
export function scheduleNameOf(model: string, environment: string): string {
  return `${model}-${environment}-drift`;
}

/** What EventBridge Scheduler puts in: when the schedule should have fired, however late it did. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

export function scheduleOf(model: string, environment: string, expression: string) {
  return {
    name: scheduleNameOf(model, environment),
    description: `Looks for drift in the live traffic of ${model} in ${environment}`,
    expression,
    input: JSON.stringify({ model, environment, scheduledAt: SCHEDULED_TIME }),
  };
}
