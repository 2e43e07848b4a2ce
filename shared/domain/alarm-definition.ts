/** An alarm of CloudWatch on one of our own metrics. */
export type AlarmDefinition = {
  name: string;
  /** At most 1,024 characters; it is what the mail says. */
  description: string;
  metric: string;
  dimensions: Readonly<Record<string, string>>;
  statistic: 'Maximum' | 'Minimum' | 'Sum';
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  comparison: 'at-least' | 'below';
  threshold: number;
  /** What a period without data means: the alarm stays as it is, or it rings. */
  missingData: 'ignore' | 'breaching';
  /** ARN of the topic that hears of trouble and of its end. */
  topicArn: string;
};
