import { SNSClient } from '@aws-sdk/client-sns';
import { CALL_SETTINGS } from './call-settings.ts';

let client: SNSClient | undefined;

export function snsClient(): SNSClient {
  client ??= new SNSClient(CALL_SETTINGS);
  return client;
}
