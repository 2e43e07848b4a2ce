import { bundleDigestOf } from '../domain/bundle-digest.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { Run } from '../domain/run.ts';
import type { ObjectStore } from '../ports/documents.ts';

/** Whether the files that the jobs will run are still those of the commit: hashed again, all of them. */
export async function verifyCode(run: Run, objects: Pick<ObjectStore, 'list' | 'digest'>): Promise<boolean> {
  if (run.codeUri === undefined || run.bundleDigest === undefined)
    throw new ContractBroken(`Run ${run.runId} has no verified bundle, so it can't be trained.`);
  const [bucket, prefix] = partsOf(`${run.codeUri}/`);
  const files: Record<string, string> = {};
  for (const { key } of await objects.list(`${run.codeUri}/`)) {
    files[key.slice(prefix.length)] = (await objects.digest(`s3://${bucket}/${key}`)).sha256;
  }
  return bundleDigestOf(files) === run.bundleDigest;
}

function partsOf(uri: string): [bucket: string, prefix: string] {
  const { host, pathname } = new URL(uri);
  return [host, decodeURIComponent(pathname.slice(1))];
}
