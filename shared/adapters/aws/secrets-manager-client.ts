import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CALL_SETTINGS } from './call-settings.ts';

let client: SecretsManagerClient | undefined;

export function secretsManagerClient(): SecretsManagerClient {
  client ??= new SecretsManagerClient(CALL_SETTINGS);
  return client;
}
