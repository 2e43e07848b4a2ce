import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

let client: SageMakerRuntimeClient | undefined;

/** A model may take up to 60 seconds to answer; a second try would only tell how the second one went. */
export function sagemakerRuntimeClient(): SageMakerRuntimeClient {
  client ??= new SageMakerRuntimeClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 65_000, throwOnRequestTimeout: true },
  });
  return client;
}
