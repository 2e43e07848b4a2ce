import { checkRequest } from '../api/check-request.ts';
import type { ServiceModel } from '../api/service-model.ts';
import { ValidationError, ValidationException } from '../errors.ts';

/** Members of InvokeEndpoint that come as headers. */
const SERVED = {
  ContentType: 'content-type',
  Accept: 'accept',
  CustomAttributes: 'x-amzn-sagemaker-custom-attributes',
  TargetVariant: 'x-amzn-sagemaker-target-variant',
  InferenceId: 'x-amzn-sagemaker-inference-id',
};

/** Members for kinds of endpoints that are not served here. */
const NOT_SERVED = {
  TargetModel: 'x-amzn-sagemaker-target-model',
  TargetContainerHostname: 'x-amzn-sagemaker-target-container-hostname',
  InferenceComponentName: 'x-amzn-sagemaker-inference-component',
  SessionId: 'x-amzn-sagemaker-session-id',
  EnableExplanations: 'x-amzn-sagemaker-enable-explanations',
};

type Received = { EndpointName: string; Body: Uint8Array } & Record<string, unknown>;

/** Checks the name, the headers and the body of an invocation by the service model. @throws ValidationError */
export function checkInvocation(model: ServiceModel, received: Received): void {
  const { EndpointName, Body } = received;
  const members = Object.entries({ ...SERVED, ...NOT_SERVED }).map(([member, header]) => [member, received[header]]);
  try {
    checkRequest(model, 'InvokeEndpointInput', { EndpointName, Body, ...Object.fromEntries(members) });
  } catch (error) {
    if (!(error instanceof ValidationException)) throw error;
    throw new ValidationError(error.message, { cause: error });
  }
  const refused = Object.entries(NOT_SERVED).find(([, header]) => received[header] !== undefined)?.[0];
  if (refused !== undefined)
    throw new ValidationError(`${refused} is for a kind of endpoint that ${EndpointName} is not: leave it out.`);
}
