import { SFNClient } from '@aws-sdk/client-sfn';
import { CALL_SETTINGS } from './call-settings.ts';

let client: SFNClient | undefined;

export function stepFunctionsClient(): SFNClient {
  client ??= new SFNClient(CALL_SETTINGS);
  return client;
}
