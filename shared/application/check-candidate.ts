import { canonicalJson } from '../domain/canonical-json.ts';
import type { OnboardingRecord } from '../domain/onboarding.ts';
import { problemLine } from '../domain/problem.ts';
import type { Run } from '../domain/run.ts';
import { stripCaching } from '../domain/strip-caching.ts';
import type { Documents, ObjectStore } from '../ports/documents.ts';
import type { SourceRepository } from '../ports/gitlab.ts';
import { checkRepository } from './check-repository.ts';
import { together } from './in-parallel.ts';
import { dataDigestOf, resolveData } from './resolve-data.ts';
import { verifyBundle } from './verify-bundle.ts';

/** More than any file of a repository may have that the checks read; they have narrower limits with sentences of their own. */
const MAX_FILE_BYTES = 4_000_000;

export type CandidateSources = {
  repository: Pick<SourceRepository, 'readFile'>;
  objects: Pick<ObjectStore, 'find' | 'read' | 'putOnce' | 'list'>;
  documents: Pick<Documents, 'write'>;
  parsing: Pick<Parameters<typeof checkRepository>[0], 'parsePolicy' | 'lineFinderOf'>;
  bucket: string;
};

/** What acceptance adds to a run: the policy, definition, code and data that it will train with, each with its digest. */
export type Prepared = {
  [Field in
    | 'environments'
    | 'policy'
    | 'policySha256'
    | 'definition'
    | 'codeUri'
    | 'bundleDigest'
    | 'data'
    | 'dataDigest']: NonNullable<Run[Field]>;
};

export type CandidateCheck =
  | { outcome: 'sound'; prepared: Prepared; bundleRecordUri: string }
  | { outcome: 'refused'; reasons: string[] };

/**
 * Everything that can be known before training: whatever is wrong is named, as `file:line: sentence` where a file is to blame.
 * `caching: 'off'` keeps the definition without SageMaker's step cache.
 */
export async function checkCandidate(
  { runId, projectId, commit }: Pick<Run, 'runId' | 'projectId' | 'commit'>,
  onboarding: OnboardingRecord,
  { repository, objects, documents, parsing, bucket }: CandidateSources,
  caching: 'as-written' | 'off' = 'as-written',
): Promise<CandidateCheck> {
  const tooLarge: string[] = [];
  const committed = new Map<string, Uint8Array>();
  const readFile = async (path: string) => {
    const bytes = await repository.readFile(projectId, path, commit, MAX_FILE_BYTES);
    if (bytes !== undefined && bytes !== 'too-large') committed.set(path, bytes);
    if (bytes !== 'too-large') return bytes;
    tooLarge.push(problemLine({ file: path, sentence: `The file has more than ${MAX_FILE_BYTES} bytes.` }));
    return undefined;
  };
  const checked = await checkRepository({ readFile, ...parsing, onboarding });
  if (tooLarge.length > 0) return { outcome: 'refused', reasons: tooLarge };
  if (checked.outcome === 'refused') return { outcome: 'refused', reasons: checked.problems.map(problemLine) };

  const readOnce: CandidateSources['repository'] = {
    readFile: async (project, path, ...rest) => committed.get(path) ?? repository.readFile(project, path, ...rest),
  };
  const [bundle, resolved] = await together([
    verifyBundle(bucket, { projectId, commit }, { objects, repository: readOnce }),
    resolveData(checked.policy.data, objects),
  ]);
  const problems = [
    ...(bundle.outcome === 'refused' ? bundle.problems : []),
    ...('problems' in resolved ? resolved.problems : []),
  ];
  if (bundle.outcome === 'refused' || 'problems' in resolved) return { outcome: 'refused', reasons: problems };

  const write = (name: string, content: string) =>
    documents.write(`documents/${runId}/${name}.json`, content, 'application/json');
  const definitionText = caching === 'off' ? canonicalJson(stripCaching(checked.definition)) : checked.definitionText;
  const [policy, definition, data, bundleRecord] = await together([
    write('policy', canonicalJson(checked.policy)),
    write('definition', definitionText),
    write('data', canonicalJson(resolved.data)),
    write('bundle', bundle.record),
  ]);
  const prepared: Prepared = {
    environments: checked.policy.environments.map(({ name }) => name),
    policy,
    policySha256: checked.policySha256,
    definition,
    codeUri: bundle.codeUri,
    bundleDigest: bundle.bundleDigest,
    data,
    dataDigest: dataDigestOf(resolved.data),
  };
  return { outcome: 'sound', prepared, bundleRecordUri: bundleRecord.uri };
}
