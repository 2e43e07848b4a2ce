/** The largest number that is taken for one: with it squares and sums stay finite, whatever the number of rows. */
export const NUMBER_LIMIT = 1e100;

/** A decimal as Python's `float()` and JavaScript's `Number()` both read it: `12`, `-0.5`, `+1`, `.5`, `5.`, `1e-3`. */
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** Whether a number can be counted: finite, and at most {@link NUMBER_LIMIT} either way. */
export function isNumber(value: number): boolean {
  return value >= -NUMBER_LIMIT && value <= NUMBER_LIMIT;
}

/**
 * The one rule by which text is a number, for training data and captures alike. `undefined` for anything else, which the
 * caller counts as invalid: `NaN`, `Infinity`, `1e400` and whatever lies beyond {@link NUMBER_LIMIT}, `-`, ` 12 ` (blanks are
 * never trimmed), `1,5`, `1_000`, `0x1f`. Empty text is no number either, but missing: the caller asks first. `-0` is 0, and what
 * is too small for a double (`1e-400`) is 0 too.
 */
export function parseNumber(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  // Adding 0 turns -0 into 0, so that the order of rows can't decide the sign of a minimum.
  const value = Number(text) + 0;
  return isNumber(value) ? value : undefined;
}
