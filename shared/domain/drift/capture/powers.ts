/** The decimal exponents that the kernel scales by; a value with another one takes the slow path. */
export const SMALLEST_POWER = -64;
export const LARGEST_POWER = 64;

const WORD = 1n << 64n;
const TWO_WORDS = 1n << 128n;

/**
 * The most significant 128 bits of 5^q, upper word first: rounded down for q >= 0, up for q < 0, as Lemire's method asks
 * ("Number parsing at a gigabyte per second", 2021, appendix B).
 */
export function powersOfFive(): BigUint64Array {
  const words: bigint[] = [];
  for (let q = SMALLEST_POWER; q <= LARGEST_POWER; q++) {
    const power = q < 0 ? reciprocalOfFive(-q) : normalized(5n ** BigInt(q));
    words.push(power / WORD, power % WORD);
  }
  return BigUint64Array.from(words);
}

function normalized(value: bigint): bigint {
  const shift = BigInt(128 - bitsOf(value));
  return shift >= 0n ? value << shift : value >> -shift;
}

function reciprocalOfFive(q: number): bigint {
  const power = 5n ** BigInt(q);
  const bits = bitsOf(power);
  const quotient = (1n << BigInt(q <= 27 ? bits + 127 : 2 * bits + 128)) / power + 1n;
  return quotient < TWO_WORDS ? quotient : normalized(quotient);
}

function bitsOf(value: bigint): number {
  return value.toString(2).length;
}

/** Exactly representable: 10^0 to 10^22. */
export function powersOfTen(): Float64Array {
  return Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
}
