import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { CALL_SETTINGS } from './call-settings.ts';

let client: SageMakerClient | undefined;

export function sagemakerClient(): SageMakerClient {
  client ??= new SageMakerClient(CALL_SETTINGS);
  return client;
}
