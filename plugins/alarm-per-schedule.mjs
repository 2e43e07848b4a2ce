/**
 * An alarm for every function that runs on a schedule: nobody waits for its answer, so nobody else would notice that it fails.
 */
const PERIODS = 5;
const FAILED_PERIODS = 3;

const alarmIdOf = (name) => `${name[0].toUpperCase()}${name.slice(1)}ErrorsAlarm`;

export default class AlarmPerSchedule {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:initialize': () => this.addAlarms() };
  }

  addAlarms() {
    const { service } = this.serverless;
    service.resources ??= {};
    service.resources.Resources ??= {};
    for (const [name, definition] of Object.entries(service.functions)) {
      if (!definition.events.some((event) => event.schedule !== undefined)) continue;
      service.resources.Resources[alarmIdOf(name)] = alarmOf(definition);
    }
  }
}

/** One failure is made good by the next run; several within five minutes are a person's business. */
function alarmOf({ name }) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${name}-errors`,
      AlarmDescription: `${name} failed in ${FAILED_PERIODS} of ${PERIODS} minutes. See docs/runbooks/scheduled-function-fails.md.`,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: PERIODS,
      DatapointsToAlarm: FAILED_PERIODS,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'PlatformTopic' }],
    },
  };
}
