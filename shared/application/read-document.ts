import type * as z from 'zod';
import { ContractBroken } from '../domain/faults.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import type { Documents } from '../ports/documents.ts';

/**
 * A JSON document of the control plane, parsed.
 * @throws ContractBroken when the run has no such document or it is not of the schema; DigestMismatch
 */
export async function readDocument<Schema extends z.ZodType>(
  documents: Pick<Documents, 'read'>,
  schema: Schema,
  reference: DocumentReference | undefined,
  what: string,
): Promise<z.output<Schema>> {
  if (reference === undefined)
    throw new ContractBroken(`${what} was never written. Look at the run's timeline for the step that ended early.`);
  const text = Buffer.from(await documents.read(reference)).toString();
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new ContractBroken(`${what} (${reference.uri}) is not as agreed: ${parsed.error.message.slice(0, 300)}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
