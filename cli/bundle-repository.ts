import { resolve } from 'node:path';
import * as z from 'zod';
import { BundleManifest, bundleUriOf } from '../shared/domain/bundle-manifest.ts';
import { canonicalJson, sha256Hex } from '../shared/domain/canonical-json.ts';
import { CommitSha } from '../shared/domain/identifiers.ts';
import type { BundleStore } from './bundle-store.ts';
import { CliError } from './cli-error.ts';
import { type CommitFile, readCommitFiles } from './read-commit-files.ts';
import type { Terminal } from './terminal.ts';

const Variables = z.object({
  CI_PROJECT_ID: z.string().regex(/^\d+$/, 'the number of the GitLab project').transform(Number),
  CI_COMMIT_SHA: CommitSha,
  MLOPS_BUNDLE_BUCKET: z.string().min(1),
});

const MANIFEST = 'manifest.json';

/** Uploads at once; S3 takes many, a CI job has little memory. */
const PARALLEL = 4;

/**
 * `mlops bundle`: uploads the commit's files to `bundles/<project>/<commit>/`, each once, and the manifest last. A job that is
 * run again finds its files there and succeeds.
 */
export async function bundleRepository(
  folder: string,
  openStore: (uri: string) => BundleStore,
  terminal: Terminal,
): Promise<void> {
  const { CI_PROJECT_ID: projectId, CI_COMMIT_SHA: commit, MLOPS_BUNDLE_BUCKET: bucket } = readVariables(terminal.env);
  const files = await readCommitFiles(resolve(terminal.cwd, folder), commit);
  if (files.some(({ path }) => path === MANIFEST)) {
    throw new CliError(
      `The repository has a file ${MANIFEST} at its top, which is the name of the bundle's own manifest: rename it.`,
    );
  }
  const uri = bundleUriOf(bucket, projectId, commit);
  const store = openStore(uri);
  await uploadAll(files, async ({ path, bytes }) => {
    const outcome = await store.putOnce(path, bytes);
    terminal.out(`${outcome === 'uploaded' ? 'uploaded' : 'was there'}  ${path} (${bytes.byteLength} bytes)`);
  });
  const manifest = BundleManifest.parse({
    schema: 'mlops/bundle/v1',
    projectId,
    commit,
    files: Object.fromEntries(files.map(({ path, bytes }) => [path, sha256Hex(bytes)])),
  });
  await store.putOnce(MANIFEST, new TextEncoder().encode(canonicalJson(manifest)));
  terminal.out(`ok: ${files.length} files of ${commit.slice(0, 8)} at ${uri}/`);
}

function readVariables(env: Terminal['env']): z.infer<typeof Variables> {
  const parsed = Variables.safeParse(env);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))];
  throw new CliError(
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} missing or wrong: run \`mlops bundle\` in a GitLab CI job, with MLOPS_BUNDLE_BUCKET in the project's CI variables.`,
  );
}

async function uploadAll(files: readonly CommitFile[], upload: (file: CommitFile) => Promise<void>): Promise<void> {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await upload(file);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}
