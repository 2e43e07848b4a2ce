import { KMSClient } from '@aws-sdk/client-kms';
import { CALL_SETTINGS } from './call-settings.ts';

let client: KMSClient | undefined;

export function kmsClient(): KMSClient {
  client ??= new KMSClient(CALL_SETTINGS);
  return client;
}
