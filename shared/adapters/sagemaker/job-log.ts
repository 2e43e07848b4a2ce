import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { cloudwatchLogsClient } from '../aws/cloudwatch-logs-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

/** Where SageMaker writes the logs of a job, by the kind of job in its ARN. */
const LOG_GROUPS: Readonly<Record<string, string>> = {
  'training-job': '/aws/sagemaker/TrainingJobs',
  'processing-job': '/aws/sagemaker/ProcessingJobs',
};

/** The last lines of a job's log, oldest first; none where the job never came so far as to write one. */
export async function readLogTail(jobArn: string, lines: number): Promise<string[]> {
  const [kind = '', name = ''] = jobArn.slice(jobArn.lastIndexOf(':') + 1).split('/');
  const logGroupName = LOG_GROUPS[kind];
  if (logGroupName === undefined) return [];
  try {
    return await asFaults(`Reading the log of ${kind} ${name}`, () => readTail(logGroupName, name, lines));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return [];
    throw error;
  }
}

/** A job of one machine has one stream: `<job>/algo-1-<time>`. */
async function readTail(logGroupName: string, job: string, limit: number): Promise<string[]> {
  const client = cloudwatchLogsClient();
  const { logStreams = [] } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/`, limit: 1 }),
  );
  const logStreamName = logStreams[0]?.logStreamName;
  if (logStreamName === undefined) return [];
  const { events = [] } = await client.send(
    new GetLogEventsCommand({ logGroupName, logStreamName, limit, startFromHead: false }),
  );
  return events.map(({ message }) => (message ?? '').trimEnd()).slice(-limit);
}
