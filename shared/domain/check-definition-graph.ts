import { type DefinitionProblem, type PlacedValue, problemAt, referenceIn, valuesBelow } from './definition-problem.ts';
import { type PipelineDefinition, type PlacedStep, stepsOf } from './pipeline-definition.ts';

const EXECUTION_FACTS = [
  'PipelineExecutionId',
  'PipelineExecutionArn',
  'PipelineName',
  'PipelineArn',
  'StartDateTime',
  'CurrentDateTime',
];

/** What the steps refer to: names that don't exist, names that are taken twice, and circles. */
export function checkDefinitionGraph(definition: PipelineDefinition): {
  problems: DefinitionProblem[];
  usedParameters: Set<string>;
} {
  const steps = stepsOf(definition);
  const names = steps.map(({ step }) => step.Name);
  const parameters = definition.Parameters.map(({ Name }) => Name);
  const usedParameters = new Set<string>();
  const needs = new Map<string, Set<string>>();
  const problems: DefinitionProblem[] = [];
  steps.forEach((placedStep, index) => {
    const { step, path, parent } = placedStep;
    if (names.indexOf(step.Name) !== index)
      problems.push(problemAt(path, `has the name ${step.Name}, which another step has: names are unique.`));
    const needed = new Set<string>(parent === undefined ? [] : [parent]);
    (step.DependsOn ?? []).forEach((name, position) => {
      if (names.includes(name)) needed.add(name);
      else problems.push(problemAt([...path, 'DependsOn', position], `names the step ${name}, which doesn't exist.`));
    });
    for (const value of referencesOf(placedStep)) {
      const target = checkReference(value, names, parameters);
      if ('problem' in target) problems.push(target.problem);
      if ('step' in target) needed.add(target.step);
      if ('parameter' in target) usedParameters.add(target.parameter);
    }
    needs.set(step.Name, needed);
  });
  const circle = circleIn(needs);
  if (circle) problems.push({ path: ['Steps'], sentence: `Steps go in a circle: ${circle.join(' → ')}.` });
  return { problems, usedParameters };
}

/** References of the step itself; those of steps inside a Condition belong to these steps. */
function referencesOf({ step, path }: PlacedStep): PlacedValue[] {
  const own = step.Type === 'Condition' ? { Conditions: step.Arguments.Conditions } : step.Arguments;
  return valuesBelow(own, [...path, 'Arguments']).filter(({ value }) => referenceIn(value) !== undefined);
}

type Target = { problem: DefinitionProblem } | { step: string } | { parameter: string } | { execution: string };

function checkReference({ path, value }: PlacedValue, steps: readonly string[], parameters: readonly string[]): Target {
  const reference = referenceIn(value) ?? '';
  const [root, name = ''] = reference.split('.');
  if (root === 'Parameters') {
    return parameters.includes(name)
      ? { parameter: name }
      : { problem: problemAt(path, `refers to the parameter ${name}, which isn't declared.`) };
  }
  if (root === 'Steps') {
    return steps.includes(name)
      ? { step: name }
      : { problem: problemAt(path, `refers to the step ${name}, which doesn't exist.`) };
  }
  if (root === 'Execution' && EXECUTION_FACTS.includes(name)) return { execution: name };
  return {
    problem: problemAt(
      path,
      `has the reference \`${reference}\`: it must begin with Parameters., Steps. or Execution.`,
    ),
  };
}

/** One circle of the graph, its first name repeated at its end. */
function circleIn(needs: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of needs.get(name) ?? []) {
      const circle = visit(next, [...trail, name]);
      if (circle) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of needs.keys()) {
    const circle = visit(name, []);
    if (circle) return circle;
  }
  return undefined;
}
