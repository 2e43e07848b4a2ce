import { bundleDigestOf } from '../domain/bundle-digest.ts';
import { BundleManifest, bundleUriOf, codeUriOf, MAX_BUNDLE_FILE_BYTES } from '../domain/bundle-manifest.ts';
import { canonicalJson, sha256Hex } from '../domain/canonical-json.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import type { ObjectStore } from '../ports/documents.ts';
import type { SourceRepository } from '../ports/gitlab.ts';
import { mapInParallel } from './in-parallel.ts';

const MAX_MANIFEST_BYTES = 262_144;
/** GitLab counts requests per minute. */
const FILES_AT_ONCE = 6;
/** What the function holds of a bundle between checking and keeping it: 300 files of 5 MB would be too much. */
const MAX_HELD_BYTES = 32_000_000;

type Sources = {
  objects: Pick<ObjectStore, 'find' | 'read' | 'putOnce'>;
  repository: Pick<SourceRepository, 'readFile'>;
};
type Commit = { projectId: number; commit: string };

export type VerifiedBundle = {
  outcome: 'verified';
  /** Prefix of the verified files, written once and named by their digest. */
  codeUri: string;
  bundleDigest: string;
  /** Which version of each uploaded object was verified, as canonical JSON. */
  record: string;
};

/**
 * Takes the script bundle that CI uploaded for a commit: each file must have the digest that the manifest names and that GitLab's file
 * at the commit has. The verified bytes are kept under the bundle's digest; all later steps use exactly these.
 */
export async function verifyBundle(
  bucket: string,
  { projectId, commit }: Commit,
  { objects, repository }: Sources,
): Promise<VerifiedBundle | { outcome: 'refused'; problems: string[] }> {
  const bundleUri = bundleUriOf(bucket, projectId, commit);
  const manifest = await readManifest(bundleUri, { projectId, commit }, objects);
  if ('problem' in manifest) return { outcome: 'refused', problems: [manifest.problem] };
  const { files } = manifest;
  const held = holdUpTo(MAX_HELD_BYTES);
  const checked = await mapInParallel(Object.entries(files), FILES_AT_ONCE, async ([path, sha256]) =>
    checkFile(
      path,
      sha256,
      `${bundleUri}/${path}`,
      () => repository.readFile(projectId, path, commit, MAX_BUNDLE_FILE_BYTES),
      objects,
      held,
    ),
  );
  const problems = checked.flatMap((file) => ('problem' in file ? [file.problem] : []));
  if (problems.length > 0) return { outcome: 'refused', problems };

  const bundleDigest = bundleDigestOf(files);
  const codeUri = codeUriOf(bucket, bundleDigest);
  const verified = checked.flatMap((file) => ('problem' in file ? [] : [file]));
  await mapInParallel(verified, FILES_AT_ONCE, async ({ path, versionId }) => {
    const uri = `${bundleUri}/${path}`;
    const bytes = held.get(path) ?? (await objects.read(uri, MAX_BUNDLE_FILE_BYTES, versionId)).bytes;
    await objects.putOnce(`${codeUri}/${path}`, bytes, 'application/octet-stream');
  });
  const versions = Object.fromEntries(verified.map(({ path, sha256, versionId }) => [path, { sha256, versionId }]));
  return { outcome: 'verified', codeUri, bundleDigest, record: canonicalJson({ bundleUri, files: versions }) };
}

async function readManifest(
  bundleUri: string,
  { projectId, commit }: Commit,
  objects: Sources['objects'],
): Promise<{ files: Record<string, string> } | { problem: string }> {
  const uri = `${bundleUri}/manifest.json`;
  const found = await objects.find(uri, MAX_MANIFEST_BYTES);
  if (found === undefined)
    return {
      problem: `bundle: The job \`package\` uploaded no ${uri}. Include the platform's CI template and run the pipeline again.`,
    };
  if ('sizeBytes' in found) return { problem: `bundle: ${uri} has more than ${MAX_MANIFEST_BYTES} bytes.` };
  const parsed = BundleManifest.safeParse(parseJson(found.bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      problem: `bundle: manifest.json can't be used: ${issue ? describeIssue(issue) : ''} Write it with \`mlops bundle\`.`,
    };
  }
  if (parsed.data.projectId !== projectId || parsed.data.commit !== commit) {
    return {
      problem: `bundle: manifest.json belongs to project ${parsed.data.projectId} and commit ${parsed.data.commit}, not to this one.`,
    };
  }
  return { files: parsed.data.files };
}

type CheckedFile = { path: string; sha256: string; versionId: string } | { problem: string };

async function checkFile(
  path: string,
  sha256: string,
  uri: string,
  readFromGitlab: () => Promise<Uint8Array | undefined | 'too-large'>,
  objects: Sources['objects'],
  held: Held,
): Promise<CheckedFile> {
  const [uploaded, committed] = await Promise.all([objects.find(uri, MAX_BUNDLE_FILE_BYTES), readFromGitlab()]);
  if (uploaded === undefined)
    return { problem: `bundle: ${path} is in the manifest and was not uploaded. Run the pipeline again.` };
  if ('sizeBytes' in uploaded) return { problem: tooLarge(path) };
  const { bytes, versionId } = uploaded;
  if (committed === undefined)
    return { problem: `bundle: ${path} is not in the commit. Bundle what is committed, and nothing else.` };
  if (committed === 'too-large') return { problem: tooLarge(path) };
  if (sha256Hex(bytes) !== sha256)
    return { problem: `bundle: The uploaded ${path} is not the file that the manifest names.` };
  if (sha256Hex(committed) !== sha256)
    return { problem: `bundle: ${path} is not the file of the commit. It was changed between checkout and upload.` };
  held.keep(path, bytes);
  return { path, sha256, versionId };
}

function tooLarge(path: string): string {
  return `bundle: ${path} has more than ${MAX_BUNDLE_FILE_BYTES} bytes. Keep data in S3, not in the repository.`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

type Held = { keep: (path: string, bytes: Uint8Array) => void; get: (path: string) => Uint8Array | undefined };

/** Keeps what it is given while that fits into so many bytes together. */
function holdUpTo(maxBytes: number): Held {
  const kept = new Map<string, Uint8Array>();
  let left = maxBytes;
  return {
    keep(path, bytes) {
      if (bytes.byteLength > left) return;
      left -= bytes.byteLength;
      kept.set(path, bytes);
    },
    get: (path) => kept.get(path),
  };
}
