import { checkDefinitionFence } from './check-definition-fence.ts';
import { checkDefinitionGraph } from './check-definition-graph.ts';
import { checkDefinitionParameters } from './check-definition-parameters.ts';
import type { DefinitionProblem } from './definition-problem.ts';
import { describeIssue } from './describe-issue.ts';
import { MAX_DEFINITION_BYTES, PipelineDefinition, stepsOf } from './pipeline-definition.ts';

type Given = {
  parameters: Readonly<Record<string, string | number | boolean>>;
  dataNames: readonly string[];
  dataLocations: readonly string[] | undefined;
};

type DefinitionCheck = { definition: PipelineDefinition } | { problems: DefinitionProblem[] };

const STEP_TYPES = ['Processing', 'Training', 'Condition', 'Fail'];

/** Commonly quoted quota of steps in one pipeline. */
const MAX_STEPS = 50;

/** Deeper than any pipeline needs; each level of a Condition takes four. */
const MAX_DEPTH = 40;

/** Checks a pipeline definition as an author wrote it: its shape, its references and the fence around user code. */
export function checkDefinition(text: string, given: Given): DefinitionCheck {
  if (new TextEncoder().encode(text).byteLength > MAX_DEFINITION_BYTES)
    return refused(`The definition is larger than ${MAX_DEFINITION_BYTES} bytes.`);
  const parsed = parseJson(text);
  if ('problem' in parsed) return refused(parsed.problem);
  if (depthOf(parsed.json) > MAX_DEPTH) return refused(`The definition is nested more than ${MAX_DEPTH} levels deep.`);
  const foreign = foreignSteps(parsed.json, ['Steps']);
  if (foreign.length > 0) return { problems: foreign };
  const shaped = PipelineDefinition.safeParse(parsed.json);
  if (!shaped.success) return { problems: shaped.error.issues.flatMap(problemsOfIssue) };
  const problems = problemsOf(shaped.data, given);
  return problems.length > 0 ? { problems } : { definition: shaped.data };
}

function problemsOf(definition: PipelineDefinition, given: Given): DefinitionProblem[] {
  const graph = checkDefinitionGraph(definition);
  const defaults = Object.fromEntries(definition.Parameters.map(({ Name, DefaultValue }) => [Name, DefaultValue]));
  const count = stepsOf(definition).length;
  return [
    ...(count > MAX_STEPS
      ? [{ path: ['Steps'], sentence: `There are ${count} steps; at most ${MAX_STEPS} are allowed.` }]
      : []),
    ...graph.problems,
    ...checkDefinitionParameters(definition, { ...given, used: graph.usedParameters }),
    ...checkDefinitionFence(definition, {
      values: { ...defaults, ...given.parameters },
      dataLocations: given.dataLocations,
    }),
  ];
}

/** Steps of a type that isn't offered, found before the schema is asked: its findings would be about their Arguments. */
function foreignSteps(value: unknown, path: (string | number)[]): DefinitionProblem[] {
  const steps = memberOf(value, 'Steps') ?? [];
  return Array.isArray(steps) ? steps.flatMap((step: unknown, index) => foreignStep(step, [...path, index])) : [];
}

function foreignStep(step: unknown, path: (string | number)[]): DefinitionProblem[] {
  const type = memberOf(step, 'Type');
  if (typeof type === 'string' && !STEP_TYPES.includes(type)) {
    const place = `Steps${path
      .slice(1)
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')}`;
    return [
      {
        path: [...path, 'Type'],
        sentence: `${place} is of the type ${type}; only ${STEP_TYPES.join(', ')} are allowed.`,
      },
    ];
  }
  const inner = memberOf(step, 'Arguments');
  return ['IfSteps', 'ElseSteps'].flatMap((branch) =>
    foreignSteps({ Steps: memberOf(inner, branch) }, [...path, 'Arguments', branch]),
  );
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function problemsOfIssue(issue: Parameters<typeof describeIssue>[0]): DefinitionProblem[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  return [{ path, sentence: describeIssue(issue) }];
}

function parseJson(text: string): { json: unknown } | { problem: string } {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return { problem: `The definition is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

/** Stops counting above the limit, so that a bomb of brackets costs nothing. */
function depthOf(value: unknown, limit = MAX_DEPTH + 1): number {
  if (limit === 0 || typeof value !== 'object' || value === null) return 0;
  return (
    1 +
    Object.values(value).reduce<number>((deepest, member: unknown) => Math.max(deepest, depthOf(member, limit - 1)), 0)
  );
}

function refused(sentence: string): DefinitionCheck {
  return { problems: [{ path: [], sentence }] };
}
