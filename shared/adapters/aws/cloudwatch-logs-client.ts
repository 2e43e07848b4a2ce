import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CALL_SETTINGS } from './call-settings.ts';

let client: CloudWatchLogsClient | undefined;

export function cloudwatchLogsClient(): CloudWatchLogsClient {
  client ??= new CloudWatchLogsClient(CALL_SETTINGS);
  return client;
}
