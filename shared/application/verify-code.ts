import { bundleDigestOf } from '../domain/bundle-digest.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { Run } from '../domain/run.ts';
import type { ObjectStore } from '../ports/documents.ts';
import { mapInParallel } from './in-parallel.ts';

const FILES_AT_ONCE = 6;

/** Whether the files that the jobs will run are still those of the commit: hashed again, all of them. */
export async function verifyCode(run: Run, objects: Pick<ObjectStore, 'list' | 'digest'>): Promise<boolean> {
  if (run.codeUri === undefined || run.bundleDigest === undefined)
    throw new ContractBroken(`Run ${run.runId} has no verified bundle, so it can't be trained.`);
  const [bucket, prefix] = partsOf(`${run.codeUri}/`);
  const found = await objects.list(`${run.codeUri}/`);
  const files = await mapInParallel(found, FILES_AT_ONCE, async ({ key }) => {
    const { sha256 } = await objects.digest(`s3://${bucket}/${key}`);
    return [key.slice(prefix.length), sha256] as const;
  });
  return bundleDigestOf(Object.fromEntries(files)) === run.bundleDigest;
}

function partsOf(uri: string): [bucket: string, prefix: string] {
  const { host, pathname } = new URL(uri);
  return [host, decodeURIComponent(pathname.slice(1))];
}
