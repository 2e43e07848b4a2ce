import { createHash } from 'node:crypto';
import { tokenRefused } from './paging.ts';

const SEPARATOR = '.';
const BINDING_CHARACTERS = 16;

/** A token goes on with the list that gave it: the same operation with the same filters and order. The size of a page may change. */
type Bound = {
  /** The request with the list's own token. @throws ValidationException for a token of another list */
  unbound: (request: unknown) => unknown;
  bound: (answer: unknown) => unknown;
};

export function boundTokens(operation: string, request: unknown): Bound {
  const binding = bindingOf(operation, request);
  return {
    unbound: (given) => {
      if (!hasToken(given)) return given;
      const [token = '', of] = given.NextToken.split(SEPARATOR);
      if (of !== binding) throw tokenRefused();
      return { ...given, NextToken: token };
    },
    bound: (answer) =>
      hasToken(answer) ? { ...answer, NextToken: `${answer.NextToken}${SEPARATOR}${binding}` } : answer,
  };
}

function hasToken(value: unknown): value is { NextToken: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'NextToken' in value &&
    typeof value.NextToken === 'string' &&
    value.NextToken !== ''
  );
}

function bindingOf(operation: string, request: unknown): string {
  const members = Object.entries(typeof request === 'object' && request !== null ? request : {})
    .filter(([name]) => name !== 'NextToken' && name !== 'MaxResults')
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify([operation, members]);
  return createHash('sha256').update(text).digest('base64url').slice(0, BINDING_CHARACTERS);
}
