import * as z from 'zod';

/** What a CloudWatch alarm publishes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const AlarmMessage = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  AWSAccountId: z.string(),
  NewStateValue: z.string(),
  NewStateReason: z.string(),
  OldStateValue: z.string(),
  StateChangeTime: z.string(),
  Region: z.string(),
  AlarmArn: z.string(),
  Trigger: z
    .object({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.object({ name: z.string(), value: z.string() })),
      Period: z.number(),
      EvaluationPeriods: z.number(),
      DatapointsToAlarm: z.number().optional(),
      ComparisonOperator: z.string(),
      Threshold: z.number(),
      TreatMissingData: z.string(),
    })
    .optional(),
});
type AlarmMessage = z.infer<typeof AlarmMessage>;

/** The text that a subscriber by e-mail reads where other protocols get the alarm's JSON; none for any other message. */
export function alarmText(message: string): string | undefined {
  const alarm = readAlarm(message);
  if (alarm === undefined) return undefined;
  const time = words(alarm.StateChangeTime);
  return [
    `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.AlarmName}" in the ${alarm.Region} region has entered the ${alarm.NewStateValue} state, because "${alarm.NewStateReason}" at "${time}".`,
    '',
    'Alarm Details:',
    `- Name:                       ${alarm.AlarmName}`,
    `- Description:                ${alarm.AlarmDescription ?? ''}`,
    `- State Change:               ${alarm.OldStateValue} -> ${alarm.NewStateValue}`,
    `- Reason for State Change:    ${alarm.NewStateReason}`,
    `- Timestamp:                  ${time}`,
    `- AWS Account:                ${alarm.AWSAccountId}`,
    `- Alarm Arn:                  ${alarm.AlarmArn}`,
    ...metricLines(alarm),
    '',
  ].join('\n');
}

function metricLines({ Trigger: trigger }: AlarmMessage): string[] {
  if (trigger === undefined) return [];
  const needed = trigger.DatapointsToAlarm ?? trigger.EvaluationPeriods;
  return [
    '',
    'Threshold:',
    `- The alarm is in the ALARM state when the metric is ${trigger.ComparisonOperator} ${trigger.Threshold} for at least ${needed} of the last ${trigger.EvaluationPeriods} period(s) of ${trigger.Period} seconds.`,
    '',
    'Monitored Metric:',
    `- MetricNamespace:            ${trigger.Namespace}`,
    `- MetricName:                 ${trigger.MetricName}`,
    `- Dimensions:                 [${trigger.Dimensions.map(({ name, value }) => `${name} = ${value}`).join(', ')}]`,
    `- Period:                     ${trigger.Period} seconds`,
    `- TreatMissingData:           ${trigger.TreatMissingData}`,
  ];
}

function readAlarm(message: string): AlarmMessage | undefined {
  try {
    return AlarmMessage.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}

/** `Monday 23 November 2026, 16:30:42 UTC` */
function words(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const day = date.toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${date.toISOString().slice(11, 19)} UTC`;
}
