import { isFields } from '../api/check-request.ts';
import { ReferenceBroken } from './references.ts';

/** Evaluates the conditions of a Condition step, references already resolved. All of them must hold. */
export function conditionsHold(conditions: unknown): boolean {
  if (!Array.isArray(conditions))
    throw new ReferenceBroken('ClientError: A Condition step needs a list of Conditions.');
  return conditions.every(holds);
}

/** `Not`, `In` and `NotIn` are read as the SDK writes them and as the published schema has them. */
function holds(condition: unknown): boolean {
  if (!isFields(condition)) throw new ReferenceBroken('ClientError: A condition must be an object with a Type.');
  const { LeftValue: left, RightValue: right } = condition;
  switch (condition.Type) {
    case 'Equals':
      return same(left, right);
    case 'NotEquals':
      return !same(left, right);
    case 'GreaterThan':
      return order(left, right) > 0;
    case 'GreaterThanOrEqualTo':
      return order(left, right) >= 0;
    case 'LessThan':
      return order(left, right) < 0;
    case 'LessThanOrEqualTo':
      return order(left, right) <= 0;
    case 'Or':
      return Array.isArray(condition.Conditions) && condition.Conditions.some(holds);
    case 'Not':
      return !holds(condition.Condition ?? condition.Expression);
    case 'In':
      return isIn(condition);
    case 'NotIn':
      return !isIn(condition);
    default:
      throw new ReferenceBroken(`ClientError: The condition type ${String(condition.Type)} is unknown.`);
  }
}

function isIn(condition: Record<string, unknown>): boolean {
  const values = condition.Values ?? condition.In;
  const value = condition.QueryValue ?? condition.Value;
  return Array.isArray(values) && values.some((candidate) => same(value, candidate));
}

function same(left: unknown, right: unknown): boolean {
  return left === right || (isNumberLike(left) && isNumberLike(right) && Number(left) === Number(right));
}

/** NaN compares with nothing, so every ordering condition on it is false. */
function order(left: unknown, right: unknown): number {
  if (!isNumberLike(left) || !isNumberLike(right)) {
    throw new ReferenceBroken(
      `ClientError: ${JSON.stringify(left)} and ${JSON.stringify(right)} can't be compared: both must be numbers.`,
    );
  }
  return Number(left) - Number(right);
}

function isNumberLike(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value.trim() !== '' && (value === 'NaN' || !Number.isNaN(Number(value))))
  );
}
