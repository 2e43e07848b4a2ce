import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Configuration } from '../configuration.ts';
import type { SeenMetric } from '../jobs/metric-reader.ts';

const NAMESPACE = '/aws/sagemaker/TrainingJobs';
/** PutMetricData takes 1,000. */
const DATA_PER_CALL = 500;

/** What training jobs print of their metrics, in CloudWatch under the job's name, where the SDK's TrainingJobAnalytics looks. */
export class JobMetrics {
  readonly #client: CloudWatchClient;
  readonly #log: (line: string) => void;

  constructor(configuration: Configuration, log: (line: string) => void) {
    this.#log = log;
    this.#client = new CloudWatchClient({
      endpoint: configuration.awsEndpoint,
      region: configuration.region,
      credentials: { accessKeyId: configuration.accessKeyId, secretAccessKey: configuration.secretAccessKey },
    });
  }

  /** A job doesn't fail because its metrics could not be published. */
  async publish(jobName: string, seen: SeenMetric[]): Promise<void> {
    for (let from = 0; from < seen.length; from += DATA_PER_CALL) {
      const MetricData = seen.slice(from, from + DATA_PER_CALL).map(({ name, value, at }) => ({
        MetricName: name,
        Dimensions: [{ Name: 'TrainingJobName', Value: jobName }],
        Timestamp: at,
        Value: value,
      }));
      try {
        await this.#client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
      } catch (error) {
        this.#log(`Metrics of the training job ${jobName} could not be published: ${String(error)}`);
        return;
      }
    }
  }
}
