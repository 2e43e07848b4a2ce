import { randomBytes } from 'node:crypto';

/** 128 random bits in hex: an id that carries no meaning and can't be guessed. */
export function randomId(): string {
  return randomBytes(16).toString('hex');
}
