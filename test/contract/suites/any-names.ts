import { randomBytes, randomInt } from 'node:crypto';

/** Names that no other test uses, so that suites may share a table. */
export const anyModel = (): string => `m${randomBytes(6).toString('hex')}`;

let lastPipeline = randomInt(1, 2 ** 40);
/** Each higher than the one before, as GitLab counts them. */
export function anyPipeline(): number {
  lastPipeline += 1;
  return lastPipeline;
}

export const anyId = (): string => randomBytes(8).toString('hex');
