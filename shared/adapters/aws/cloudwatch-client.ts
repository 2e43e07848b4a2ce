import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CALL_SETTINGS } from './call-settings.ts';

let client: CloudWatchClient | undefined;

export function cloudwatchClient(): CloudWatchClient {
  client ??= new CloudWatchClient(CALL_SETTINGS);
  return client;
}
