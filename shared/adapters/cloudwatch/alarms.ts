import { DeleteAlarmsCommand, PutDashboardCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { ContractBroken } from '../../domain/faults.ts';
import type { Alarms } from '../../ports/alarms.ts';
import { cloudwatchClient } from '../aws/cloudwatch-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';
import { dimensionsOf, NAMESPACE } from './metrics.ts';

const COMPARISONS = { 'at-least': 'GreaterThanOrEqualToThreshold', below: 'LessThanThreshold' } as const;

/** What CloudWatch says of an alarm that isn't there, by its older and its newer protocol. */
const NOT_THERE = ['ResourceNotFound', 'ResourceNotFoundException'];

export function cloudwatchAlarms(): Alarms {
  return {
    async put(alarm, tags) {
      await asFaults(`Putting the alarm ${alarm.name}`, () =>
        cloudwatchClient().send(
          new PutMetricAlarmCommand({
            AlarmName: alarm.name,
            AlarmDescription: alarm.description,
            Namespace: NAMESPACE,
            MetricName: alarm.metric,
            Dimensions: dimensionsOf(alarm.dimensions),
            Statistic: alarm.statistic,
            Period: alarm.periodSeconds,
            EvaluationPeriods: alarm.evaluationPeriods,
            DatapointsToAlarm: alarm.datapointsToAlarm,
            ComparisonOperator: COMPARISONS[alarm.comparison],
            Threshold: alarm.threshold,
            TreatMissingData: alarm.missingData,
            AlarmActions: [alarm.topicArn],
            OKActions: [alarm.topicArn],
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        ),
      );
    },

    async remove(names) {
      if (names.length === 0) return;
      try {
        // Of several names, those that have an alarm are removed whatever CloudWatch says of the others.
        await asFaults(`Removing the alarms ${names.join(', ')}`, () =>
          cloudwatchClient().send(new DeleteAlarmsCommand({ AlarmNames: [...names] })),
        );
      } catch (error) {
        if (!isNamed(error, ...NOT_THERE)) throw error;
      }
    },

    async putDashboard(name, body) {
      const { DashboardValidationMessages: messages = [] } = await asFaults(`Putting the dashboard ${name}`, () =>
        cloudwatchClient().send(new PutDashboardCommand({ DashboardName: name, DashboardBody: body })),
      );
      if (messages.length > 0)
        throw new ContractBroken(
          `CloudWatch finds fault with the dashboard ${name}: ${messages.map(({ Message }) => Message).join(' ')}`,
        );
    },
  };
}
