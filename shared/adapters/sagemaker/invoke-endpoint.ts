import { InvokeEndpointCommand, ModelError } from '@aws-sdk/client-sagemaker-runtime';
import type { Hosting } from '../../ports/sagemaker.ts';
import { sagemakerRuntimeClient } from '../aws/sagemaker-runtime-client.ts';
import { asSagemakerFaults } from './refusals.ts';

/** Asks an endpoint as its users do. What the model itself gets wrong is an outcome, not a fault. */
export const invokeEndpoint: Hosting['invoke'] = async (endpointName, body, contentType) => {
  const client = sagemakerRuntimeClient();
  const began = performance.now();
  const latencyMs = () => Math.round((performance.now() - began) * 10) / 10;
  return asSagemakerFaults(`Invoking endpoint ${endpointName}`, async () => {
    try {
      const answer = await client.send(
        new InvokeEndpointCommand({
          EndpointName: endpointName,
          Body: new TextEncoder().encode(body),
          ContentType: contentType,
        }),
      );
      return { outcome: 'answered', body: new TextDecoder().decode(answer.Body), latencyMs: latencyMs() };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const message = error.OriginalMessage ?? error.message;
      return { outcome: 'model-error', status: error.OriginalStatusCode ?? 500, message, latencyMs: latencyMs() };
    }
  });
};
