import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Configuration } from '../configuration.ts';

/** CloudWatch's alarms, as deployments of endpoints watch them. */
export class Alarms {
  readonly #cloudwatch: CloudWatchClient;

  constructor(configuration: Configuration) {
    this.#cloudwatch = new CloudWatchClient({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
    });
  }

  /** Of these names: which are in ALARM, and which are no alarm's. */
  async look(names: string[]): Promise<{ tripped: string[]; missing: string[] }> {
    const answer = await this.#cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const states = new Map(
      [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])].map((alarm) => [
        alarm.AlarmName,
        alarm.StateValue,
      ]),
    );
    return {
      tripped: names.filter((name) => states.get(name) === 'ALARM'),
      missing: names.filter((name) => !states.has(name)),
    };
  }
}
