import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CALL_SETTINGS } from './call-settings.ts';

let client: EventBridgeClient | undefined;

export function eventbridgeClient(): EventBridgeClient {
  client ??= new EventBridgeClient(CALL_SETTINGS);
  return client;
}
