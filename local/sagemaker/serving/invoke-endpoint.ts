import { ModelError, ValidationError } from '../errors.ts';
import type { Endpoint } from '../state/records.ts';
import type { World } from '../world.ts';
import { type WorkerAnswer, WorkerSilent, WorkerTooSlow } from './ask-worker.ts';
import { PRIMARY } from './model-worker.ts';
import type { ServingVariant } from './serving-variant.ts';

type Invocation = {
  endpointName: string;
  body: Buffer;
  contentType: string | undefined;
  accept: string | undefined;
  customAttributes: string | undefined;
  targetVariant: string | undefined;
  inferenceId: string | undefined;
  /** By `performance.now()`. */
  receivedAtMs: number;
};

type InvocationAnswer = {
  body: Buffer;
  contentType: string;
  variant: string;
  customAttributes: string | undefined;
};

const SERVING = ['InService', 'Updating', 'SystemUpdating', 'UpdateRollbackFailed'];

/** @throws ValidationError for an unknown endpoint, variant or too large a body; ModelError for what the container did */
export async function invokeEndpoint(world: World, invocation: Invocation): Promise<InvocationAnswer> {
  const endpoint = requireServing(world, invocation);
  const variant = world.hosting.route(endpoint.name, chooseVariant(world, endpoint, invocation.targetVariant));
  const eventId = crypto.randomUUID();
  const at = world.now();
  const answer = await variant.hold(() => askObserved(world, endpoint, variant, invocation, at));
  if (answer.status < 200 || answer.status >= 300)
    throw refusedByModel(world, endpoint, answer.status, answer.body.toString('utf8'), answer.container);
  const { name } = variant;
  if (variant.capture !== undefined) {
    const input = { contentType: invocation.contentType ?? 'application/octet-stream', body: invocation.body };
    const output = { contentType: answer.contentType, body: answer.body };
    const { inferenceId } = invocation;
    world.capture.record(variant.capture, {
      endpoint: endpoint.name,
      variant: name,
      eventId,
      inferenceId,
      at,
      input,
      output,
    });
  }
  return {
    body: answer.body,
    contentType: answer.contentType,
    variant: name,
    customAttributes: answer.customAttributes,
  };
}

function requireServing(world: World, invocation: Invocation): Endpoint {
  const endpoint = world.store.endpoints.get(invocation.endpointName);
  if (endpoint?.live === undefined || !SERVING.includes(endpoint.status)) {
    throw new ValidationError(
      `Endpoint ${invocation.endpointName} of account ${world.configuration.accountId} not found.`,
    );
  }
  return endpoint;
}

/** By weight, as the endpoint's traffic is divided now. */
function chooseVariant(world: World, endpoint: Endpoint, target: string | undefined): ServingVariant {
  const variants = world.hosting.variantsOf(endpoint.name);
  if (target !== undefined) {
    const named = variants.find((variant) => variant.name === target);
    if (named === undefined) throw new ValidationError(`Variant ${target} of endpoint ${endpoint.name} not found.`);
    return named;
  }
  const weights = new Map(endpoint.live?.variants.map((each) => [each.variant.VariantName, each.currentWeight]));
  const weightOf = (variant: ServingVariant) => weights.get(variant.name) ?? 0;
  let left = Math.random() * variants.reduce((sum, variant) => sum + weightOf(variant), 0);
  const chosen = variants.find((variant) => {
    left -= weightOf(variant);
    return left < 0;
  });
  const found = chosen ?? variants[0];
  if (found === undefined) throw refusedByModel(world, endpoint, 500, 'No container is running.');
  return found;
}

/** Asks the model; how it answered, and how long it took, goes into the endpoint's metrics. */
async function askObserved(
  world: World,
  endpoint: Endpoint,
  variant: ServingVariant,
  invocation: Invocation,
  at: Date,
): Promise<WorkerAnswer> {
  const deployed = endpoint.live?.variants.find((each) => each.variant.VariantName === variant.name);
  const seen = {
    endpoint: endpoint.name,
    variant: variant.name,
    config: variant.configName,
    instances: deployed?.currentCount || variant.deployed.desiredCount,
    at,
  };
  const askedAtMs = performance.now();
  try {
    const answer = await ask(world, endpoint, variant, invocation);
    const modelLatencyMicros = (performance.now() - askedAtMs) * 1000;
    const overheadLatencyMicros = (askedAtMs - invocation.receivedAtMs) * 1000;
    world.metrics.record({ ...seen, modelStatus: answer.status, modelLatencyMicros, overheadLatencyMicros });
    return answer;
  } catch (error) {
    const none = { modelStatus: undefined, modelLatencyMicros: undefined, overheadLatencyMicros: undefined };
    world.metrics.record({ ...seen, ...none });
    throw error;
  }
}

async function ask(
  world: World,
  endpoint: Endpoint,
  variant: ServingVariant,
  invocation: Invocation,
): Promise<WorkerAnswer> {
  const headers: Record<string, string> = {};
  if (invocation.contentType !== undefined) headers['content-type'] = invocation.contentType;
  if (invocation.accept !== undefined) headers.accept = invocation.accept;
  if (invocation.customAttributes !== undefined)
    headers['x-amzn-sagemaker-custom-attributes'] = invocation.customAttributes;
  if (invocation.inferenceId !== undefined) headers['x-amzn-sagemaker-inference-id'] = invocation.inferenceId;
  const status = await world.faults.onInvocation(endpoint.name, variant.name);
  if (status !== undefined) return askedFailure(status);
  try {
    return await variant.invoke({ body: invocation.body, headers });
  } catch (error) {
    if (!(error instanceof WorkerSilent)) throw error;
    if (error instanceof WorkerTooSlow) throw refusedByModel(world, endpoint, 0, error.message);
    throw refusedByModel(world, endpoint, 500, error.message);
  }
}

/** What the model answers while somebody wants it to fail. */
function askedFailure(status: number): WorkerAnswer {
  const body = Buffer.from('A fault that was asked for at /_local/faults.');
  return { status, contentType: 'text/plain', customAttributes: undefined, body, container: PRIMARY };
}

function refusedByModel(
  world: World,
  endpoint: Endpoint,
  status: number,
  message: string,
  container = PRIMARY,
): ModelError {
  const { region, accountId } = world.configuration;
  const group = `/aws/sagemaker/Endpoints/${endpoint.name}`;
  const kind = status >= 400 && status < 500 ? 'client' : 'server';
  return new ModelError(
    `Received ${kind} error (${status}) from ${container} with message "${message}". See https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${group} in account ${accountId} for more information.`,
    status,
    message,
    `arn:aws:logs:${region}:${accountId}:log-group:${group}`,
  );
}
