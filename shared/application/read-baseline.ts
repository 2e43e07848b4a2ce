import type { SealedBaseline } from '../domain/drift/baseline.ts';
import { readBaseline as readSealed } from '../domain/drift/seal-baseline.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import type { Documents } from '../ports/documents.ts';

/**
 * A version's baseline, under the digest of its recorded bytes.
 * @throws ContractBroken where there is none, or the document is no baseline; DigestMismatch; NotFound
 */
export async function readBaseline(
  documents: Pick<Documents, 'read'>,
  reference: DocumentReference | undefined,
  what: string,
): Promise<SealedBaseline> {
  if (reference === undefined) throw new ContractBroken(`${what} was never written.`);
  const read = readSealed(parseJson(Buffer.from(await documents.read(reference)).toString()));
  if (read.outcome === 'read') return { baseline: read.sealed.baseline, sha256: reference.sha256 };
  throw new ContractBroken(`${what} (${reference.uri}) can't be used: ${read.sentence}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
