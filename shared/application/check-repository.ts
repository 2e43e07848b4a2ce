import { sha256Hex } from '../domain/canonical-json.ts';
import { checkDefinition } from '../domain/check-definition.ts';
import { checkFloors } from '../domain/check-floors.ts';
import { checkGoldenInputs } from '../domain/check-golden-inputs.ts';
import type { OnboardingRecord } from '../domain/onboarding.ts';
import { MAX_DEFINITION_BYTES, type PipelineDefinition } from '../domain/pipeline-definition.ts';
import type { Policy } from '../domain/policy.ts';
import type { Problem } from '../domain/problem.ts';
import { isReserved } from '../domain/reserved-parameters.ts';

type LineOf = (path: readonly PropertyKey[]) => number | undefined;

type Given = {
  /** Bytes of a file of the repository at the commit, `undefined` where there is none. */
  readFile: (path: string) => Promise<Uint8Array | undefined>;
  /** See `shared/adapters/policy-file.ts`. */
  parsePolicy: (bytes: Uint8Array) => { policy: Policy; lineOf: LineOf } | { problems: Problem[] };
  /** Lines of a JSON text; see `shared/adapters/source-lines.ts`. */
  lineFinderOf?: (text: string) => LineOf;
  /** The model's record with its placeholders filled in; without it, floors and data locations are not checked. */
  onboarding?: OnboardingRecord | undefined;
};

type RepositoryCheck =
  | {
      outcome: 'sound';
      policy: Policy;
      /** Digest of the bytes of `mlops.yaml`. */
      policySha256: string;
      definition: PipelineDefinition;
      definitionText: string;
    }
  | { outcome: 'refused'; problems: Problem[] };

const POLICY_FILE = 'mlops.yaml';

/**
 * Checks what an ML repository declares: its policy, its pipeline definition, its golden inputs. One function with one set
 * of sentences for `mlops validate` and for the acceptance of a pipeline.
 */
export async function checkRepository({
  readFile,
  parsePolicy,
  lineFinderOf,
  onboarding,
}: Given): Promise<RepositoryCheck> {
  const policyBytes = await readFile(POLICY_FILE);
  if (!policyBytes)
    return refused([{ file: POLICY_FILE, sentence: 'The file is missing: add it at the top of the repository.' }]);
  const reading = parsePolicy(policyBytes);
  if ('problems' in reading) return refused(reading.problems);
  const { policy, lineOf } = reading;
  const floors = onboarding ? checkFloors(policy, onboarding) : [];
  const [definition, golden] = await Promise.all([
    readDefinition(policy, readFile, onboarding?.dataLocations, lineFinderOf),
    checkGolden(policy, readFile),
  ]);
  const problems = [
    ...floors.map(({ path, sentence }) => policyProblem(sentence, lineOf(path))),
    ...('problems' in definition ? definition.problems : unusedParameters(policy, definition.definition, lineOf)),
    ...golden,
  ];
  if ('problems' in definition || problems.length > 0) return refused(problems);
  return { outcome: 'sound', policy, policySha256: sha256Hex(policyBytes), ...definition };
}

type DefinitionReading = { definition: PipelineDefinition; definitionText: string } | { problems: Problem[] };

async function readDefinition(
  policy: Policy,
  readFile: Given['readFile'],
  dataLocations: readonly string[] | undefined,
  lineFinderOf: Given['lineFinderOf'],
): Promise<DefinitionReading> {
  const file = policy.pipeline.definition;
  const bytes = await readFile(file);
  if (!bytes)
    return { problems: [{ file, sentence: 'The file is missing: pipeline.definition of mlops.yaml names it.' }] };
  if (bytes.byteLength > MAX_DEFINITION_BYTES)
    return { problems: [{ file, sentence: `The definition is larger than ${MAX_DEFINITION_BYTES} bytes.` }] };
  const text = new TextDecoder().decode(bytes);
  const checked = checkDefinition(text, {
    parameters: policy.pipeline.parameters,
    dataNames: policy.data.map(({ name }) => name),
    dataLocations,
  });
  if ('definition' in checked) return { definition: checked.definition, definitionText: text };
  const lineOf: LineOf = lineFinderOf?.(text) ?? (() => undefined);
  return { problems: checked.problems.map(({ path, sentence }) => problemIn(file, sentence, lineOf(path))) };
}

/** A value for a parameter that nobody declared would be dropped without a word. */
function unusedParameters(policy: Policy, definition: PipelineDefinition, lineOf: LineOf): Problem[] {
  const declared = definition.Parameters.map(({ Name }) => Name);
  return Object.keys(policy.pipeline.parameters).flatMap((name) => {
    const line = lineOf(['pipeline', 'parameters', name]);
    if (!declared.includes(name))
      return [
        policyProblem(
          `pipeline.parameters.${name} is not a parameter of ${policy.pipeline.definition}: remove it or declare it there.`,
          line,
        ),
      ];
    if (isReserved(name))
      return [policyProblem(`pipeline.parameters.${name} is filled by the platform: remove it.`, line)];
    return [];
  });
}

async function checkGolden(policy: Policy, readFile: Given['readFile']): Promise<Problem[]> {
  const file = policy.smokeTest.records;
  const bytes = await readFile(file);
  if (!bytes) return [{ file, sentence: 'The file is missing: smokeTest.records of mlops.yaml names it.' }];
  return checkGoldenInputs(bytes).map(({ line, sentence }) => problemIn(file, sentence, line));
}

function policyProblem(sentence: string, line: number | undefined): Problem {
  return problemIn(POLICY_FILE, sentence, line);
}

function problemIn(file: string, sentence: string, line: number | undefined): Problem {
  return { file, ...(line !== undefined && { line }), sentence };
}

function refused(problems: Problem[]): RepositoryCheck {
  return { outcome: 'refused', problems };
}
