import { type DefinitionProblem, problemAt } from './definition-problem.ts';
import type { PipelineDefinition, PipelineParameter } from './pipeline-definition.ts';
import { dataNameOf, isReserved, REQUIRED_PARAMETERS } from './reserved-parameters.ts';

type Given = {
  /** `pipeline.parameters` of the policy. */
  parameters: Readonly<Record<string, string | number | boolean>>;
  /** Names of the policy's `data` entries. */
  dataNames: readonly string[];
  /** Parameters that a step refers to. */
  used: ReadonlySet<string>;
};

/** The declared parameters: unique, the reserved ones left to the platform, all others with a value. */
export function checkDefinitionParameters(definition: PipelineDefinition, given: Given): DefinitionProblem[] {
  const declared = definition.Parameters.map(({ Name }) => Name);
  return [
    ...definition.Parameters.flatMap((parameter, index) => checkParameter(parameter, index, declared, given)),
    ...REQUIRED_PARAMETERS.flatMap((name) => checkRequired(name, declared, given.used)),
  ];
}

function checkParameter(
  parameter: PipelineParameter,
  index: number,
  declared: readonly string[],
  given: Given,
): DefinitionProblem[] {
  const path = ['Parameters', index];
  const { Name } = parameter;
  if (declared.indexOf(Name) !== index) return [problemAt(path, `declares ${Name} a second time: remove it.`)];
  return isReserved(Name) ? checkReserved(parameter, path, given) : checkOwn(parameter, path, given);
}

function checkReserved(
  { Name, Type, DefaultValue }: PipelineParameter,
  path: (string | number)[],
  given: Given,
): DefinitionProblem[] {
  if (Type !== 'String' || DefaultValue !== undefined) {
    return [problemAt(path, `(${Name}) is filled by the platform: it must be of Type String, without DefaultValue.`)];
  }
  const dataName = dataNameOf(Name);
  if (dataName !== undefined && !given.dataNames.includes(dataName)) {
    return [
      problemAt(
        path,
        `(${Name}) has no data entry \`${dataName}\` in mlops.yaml; there are ${given.dataNames.join(', ')}.`,
      ),
    ];
  }
  return [];
}

function checkOwn(
  { Name, Type, DefaultValue }: PipelineParameter,
  path: (string | number)[],
  given: Given,
): DefinitionProblem[] {
  const value = Object.hasOwn(given.parameters, Name) ? given.parameters[Name] : DefaultValue;
  if (value === undefined) {
    return [
      problemAt(
        path,
        `(${Name}) has no value: give it a DefaultValue, or a value in pipeline.parameters of mlops.yaml.`,
      ),
    ];
  }
  if (!isOfType(value, Type)) return [problemAt(path, `(${Name}) is of Type ${Type}, but its value is \`${value}\`.`)];
  if (String(value).length > 1024) return [problemAt(path, `(${Name}) has a value of more than 1024 characters.`)];
  return [];
}

function isOfType(value: string | number | boolean, type: PipelineParameter['Type']): boolean {
  const text = String(value);
  if (type === 'Boolean') return text === 'true' || text === 'false';
  if (type === 'Integer') return /^-?\d+$/.test(text);
  if (type === 'Float') return text.trim() !== '' && Number.isFinite(Number(text));
  return true;
}

function checkRequired(name: string, declared: readonly string[], used: ReadonlySet<string>): DefinitionProblem[] {
  if (!declared.includes(name))
    return [problemAt(['Parameters'], `lacks ${name}: declare it as { "Name": "${name}", "Type": "String" }.`)];
  return used.has(name)
    ? []
    : [problemAt(['Parameters', declared.indexOf(name)], `(${name}) is declared, but no step uses it.`)];
}
