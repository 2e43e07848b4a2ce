import * as z from 'zod';
import { operations, runtimeOperations } from '../../api/operations.ts';

/** How often a fault strikes: so many times, or that share of times; without either, until it is taken back. */
const often = { times: z.number().int().min(1).optional(), share: z.number().min(0).max(1).optional() };
const apiOperation = z.string().refine((name) => Object.hasOwn(operations, name), {
  error: ({ input }) => `${String(input)} is no operation that is real here`,
});
const anyOperation = z.string().refine((name) => Object.hasOwn(operations, name) || runtimeOperations.has(name), {
  error: ({ input }) => `${String(input)} is no operation that is real here`,
});

export const Fault = z.discriminatedUnion('kind', [
  /** The operation answers ThrottlingException and does nothing. */
  z.strictObject({ kind: z.literal('throttle'), operation: anyOperation, ...often }),
  /** The operation does what it was asked; then the connection is cut, or the answer is InternalFailure. */
  z.strictObject({
    kind: z.literal('fail-after-effect'),
    operation: apiOperation,
    how: z.enum(['cut', 'error']).default('error'),
    ...often,
    times: z.number().int().min(1).default(1),
  }),
  /** The variant's answers come late, or have this status instead of the model's own. */
  z
    .strictObject({
      kind: z.literal('variant'),
      endpoint: z.string().min(1),
      variant: z.string().min(1).optional(),
      delayMs: z.number().int().min(0).max(120_000).optional(),
      status: z.number().int().min(400).max(599).optional(),
      ...often,
    })
    .refine(({ delayMs, status }) => delayMs !== undefined || status !== undefined, 'give delayMs, status or both'),
  /** Jobs and endpoints don't get the instances that they ask for. */
  z.strictObject({
    kind: z.literal('capacity'),
    for: z.enum(['training', 'processing', 'endpoint']),
    instanceType: z.string().min(1).optional(),
    ...often,
  }),
  /** At once: the variant's containers are killed, and started again as after any death. */
  z.strictObject({
    kind: z.literal('kill-worker'),
    endpoint: z.string().min(1),
    variant: z.string().min(1).optional(),
  }),
]);
export type Fault = z.infer<typeof Fault>;
export type StandingFault = Exclude<Fault, { kind: 'kill-worker' }>;
