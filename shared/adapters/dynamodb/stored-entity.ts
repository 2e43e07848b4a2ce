import * as z from 'zod';
import { ContractBroken } from '../../domain/faults.ts';
import type { Values } from './table.ts';

/** Reads the entity out of a stored item. @throws ContractBroken naming what is wrong with it */
export function entityOf<Schema extends z.ZodType>(schema: Schema, item: Values): z.output<Schema> {
  const parsed = schema.safeParse(item.entity);
  if (parsed.success) return parsed.data;
  throw new ContractBroken(
    `The stored item ${String(item.pk)} ${String(item.sk)} is damaged: ${z.prettifyError(parsed.error)}`,
  );
}
