import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { CALL_SETTINGS } from './call-settings.ts';

let client: SchedulerClient | undefined;

export function schedulerClient(): SchedulerClient {
  client ??= new SchedulerClient(CALL_SETTINGS);
  return client;
}
