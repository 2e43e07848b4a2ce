import { SerializationException, UnknownOperationException } from '../errors.ts';
import type { World } from '../world.ts';
import { boundTokens } from './bound-tokens.ts';
import { checkRequest } from './check-request.ts';
import { operations } from './operations.ts';
import { shapeAnswer } from './shape-answer.ts';

/** Checks a request, lets its operation answer it, and shapes the answer, all by the service model. */
export async function dispatch(world: World, operation: string, body: string): Promise<unknown> {
  const handle = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (handle === undefined) {
    const known = world.model.has(operation) ? 'is not offered by the local SageMaker' : 'is unknown to SageMaker';
    throw new UnknownOperationException(`The operation ${operation} ${known}.`);
  }
  const input = world.model.inputOf(operation);
  const request = input === undefined ? {} : checkRequest(world.model, input, parseBody(body));
  const tokens = boundTokens(operation, request);
  // The service model has just checked that the request has the shape of this operation's input.
  const answer = tokens.bound(await handle(world, tokens.unbound(request) as never));
  const output = world.model.outputOf(operation);
  return output === undefined ? {} : shapeAnswer(world.model, output, answer);
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch (error) {
    throw new SerializationException(`The body is not JSON: ${String(error)}`, { cause: error });
  }
}
