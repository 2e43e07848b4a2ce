import type * as z from 'zod';
import { openSignedText, type SigningKeys } from './signed-text.ts';

/** What a signed cookie holds; `undefined` where it is forged, or of a shape that we no longer write. */
export function parseSigned<Schema extends z.ZodType>(
  schema: Schema,
  purpose: string,
  signed: string,
  keys: SigningKeys,
): z.output<Schema> | undefined {
  const text = openSignedText(purpose, signed, keys);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
