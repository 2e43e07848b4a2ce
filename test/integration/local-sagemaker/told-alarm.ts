import { DeleteAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { cloudwatch } from './clients.ts';

/** An alarm that takes the state that it is told: it has no data, and without data it stays as it is. */
export async function toldAlarm(name: string) {
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'Tests',
      MetricName: name,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
    }),
  );
  return {
    set: (StateValue: 'OK' | 'ALARM') =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason: 'the test says so' })),
    delete: () => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] })),
  };
}
