import { randomBytes, randomInt } from 'node:crypto';

/** Names that no other test uses, so that suites may share a table. */
export const anyModel = (): string => `m${randomBytes(6).toString('hex')}`;
export const anyPipeline = (): number => randomInt(1, 2 ** 40);
export const anyId = (): string => randomBytes(8).toString('hex');
