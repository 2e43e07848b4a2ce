import {
  beginningOf,
  type DefinitionProblem,
  type PlacedValue,
  problemAt,
  referenceIn,
  valuesBelow,
} from './definition-problem.ts';
import { type PipelineDefinition, type PlacedStep, stepsOf } from './pipeline-definition.ts';
import { isReserved } from './reserved-parameters.ts';

/** What the platform sets; an author may name it nowhere in a step. */
const PLATFORM_KEYS: Readonly<Record<string, string>> = {
  RoleArn: 'role',
  ClusterRoleArn: 'role',
  VpcConfig: 'network',
  NetworkConfig: 'network',
  EnableNetworkIsolation: 'network',
  EnableInterContainerTrafficEncryption: 'network',
  FileSystemDataSource: 'network',
  KmsKeyId: 'key',
  VolumeKmsKeyId: 'key',
  OutputKmsKeyId: 'key',
  Tags: 'tags',
};

/** Images of the author's own, by the keys that would bring them in. */
const IMAGE_KEYS = ['ImageUri', 'TrainingImage', 'RuleEvaluatorImage', 'AlgorithmName', 'TrainingImageConfig'];

const imageOf = {
  Processing: { key: 'ImageUri', parameter: 'ProcessingImage' },
  Training: { key: 'TrainingImage', parameter: 'TrainingImage' },
};

const ALLOWED: Readonly<Record<'Processing' | 'Training', readonly string[]>> = {
  Processing: [
    'AppSpecification',
    'ProcessingInputs',
    'ProcessingOutputConfig',
    'ProcessingResources',
    'StoppingCondition',
    'Environment',
    'ExperimentConfig',
  ],
  Training: [
    'AlgorithmSpecification',
    'HyperParameters',
    'InputDataConfig',
    'OutputDataConfig',
    'ResourceConfig',
    'StoppingCondition',
    'Environment',
    'CheckpointConfig',
    'EnableManagedSpotTraining',
    'RetryStrategy',
    'ExperimentConfig',
  ],
};

/** Below the seven days for which the workflow waits for a training. */
const MAX_RUNTIME_SECONDS = 432_000;

const INSTANCE_TYPE = /^ml\.[a-z0-9-]+\.[a-z0-9]+$/;

type Given = {
  /** Values of the parameters: the policy's, else the defaults. */
  values: Readonly<Record<string, unknown>>;
  /** Prefixes that data may be read from, beside the parameters; `undefined` where the onboarding record isn't known. */
  dataLocations: readonly string[] | undefined;
};

/** What user code may not bring along: roles, networks, keys, images, and places outside the model's own. */
export function checkDefinitionFence(definition: PipelineDefinition, given: Given): DefinitionProblem[] {
  const steps = stepsOf(definition);
  const trainings = steps.filter(({ step }) => step.Type === 'Training');
  const count =
    trainings.length === 1
      ? []
      : [problemAt(['Steps'], `must hold exactly one Training step; there are ${trainings.length}.`)];
  return [...count, ...steps.flatMap((placed) => checkStep(placed, given)), ...checkParameters(definition, given)];
}

function checkStep({ step, path }: PlacedStep, given: Given): DefinitionProblem[] {
  if (step.Type !== 'Processing' && step.Type !== 'Training') return [];
  const own = [...path, 'Arguments'];
  const values = valuesBelow(step.Arguments, own);
  return [
    ...Object.keys(step.Arguments)
      .filter((key) => !ALLOWED[step.Type].includes(key) && !Object.hasOwn(PLATFORM_KEYS, key))
      .map((key) =>
        problemAt([...own, key], `is not allowed in a ${step.Type} step; allowed: ${ALLOWED[step.Type].join(', ')}.`),
      ),
    ...values
      .filter(isNamedKey)
      .map(({ path: place, key }) =>
        problemAt(place, `brings a ${PLATFORM_KEYS[key]} of its own: remove it, the platform sets it.`),
      ),
    ...checkImages(step.Type, values, own),
    ...values.flatMap((value) => checkInstanceType(value, given.values)),
    ...values.flatMap((value) => checkRuntime(value, given.values)),
    ...values.flatMap((value) => checkPlace(value, given.dataLocations)),
    ...values.flatMap((value) => checkInput(value, given)),
    ...values.flatMap(checkOutput),
  ];
}

/** Hyperparameters and environment variables have names that authors choose. */
function isNamedKey({ path, key }: PlacedValue): boolean {
  const last = path.at(-1);
  return (
    last === key &&
    Object.hasOwn(PLATFORM_KEYS, key) &&
    !path.includes('HyperParameters') &&
    !path.includes('Environment')
  );
}

function checkImages(
  type: 'Processing' | 'Training',
  values: readonly PlacedValue[],
  own: (string | number)[],
): DefinitionProblem[] {
  const { key: wantedKey, parameter } = imageOf[type];
  const images = values.filter(({ path, key }) => path.at(-1) === key && IMAGE_KEYS.includes(key));
  const wrong = images.filter(
    ({ key, value }) => key !== wantedKey || referenceIn(value) !== `Parameters.${parameter}`,
  );
  const problems = wrong.map(({ path }) =>
    problemAt(path, `names an image of its own: write {"Get": "Parameters.${parameter}"}.`),
  );
  if (images.length > 0) return problems;
  return [problemAt(own, `names no image: give ${wantedKey} the value {"Get": "Parameters.${parameter}"}.`)];
}

function checkInstanceType({ path, key, value }: PlacedValue, values: Given['values']): DefinitionProblem[] {
  if (key !== 'InstanceType' || path.at(-1) !== key) return [];
  const parameter = referenceIn(value)?.replace(/^Parameters\./, '');
  const type = parameter === undefined ? value : values[parameter];
  if (typeof type === 'string' && INSTANCE_TYPE.test(type)) return [];
  if (parameter !== undefined && type === undefined) return [];
  return [problemAt(path, `is \`${shown(type)}\`: write a SageMaker instance type such as ml.m5.large.`)];
}

function checkRuntime({ path, key, value }: PlacedValue, values: Given['values']): DefinitionProblem[] {
  const isRuntime = key === 'MaxRuntimeInSeconds' || key === 'MaxWaitTimeInSeconds';
  if (!isRuntime || path.at(-1) !== key || path.at(-2) !== 'StoppingCondition') return [];
  const parameter = referenceIn(value)?.replace(/^Parameters\./, '');
  const seconds = Number(parameter === undefined ? value : values[parameter]);
  if (!(seconds > MAX_RUNTIME_SECONDS)) return [];
  return [problemAt(path, `is ${seconds} s: a step may run for at most ${MAX_RUNTIME_SECONDS} s (5 days).`)];
}

/** Data is read from the policy's sources and from the run's own folder, wherever the definition spells a place out. */
function checkPlace({ path, value }: PlacedValue, dataLocations: Given['dataLocations']): DefinitionProblem[] {
  if (typeof value !== 'string' || !value.startsWith('s3://')) return [];
  if (dataLocations?.some((location) => `${value}/`.startsWith(location) && !value.includes('/../'))) return [];
  if (dataLocations === undefined) return [];
  return [
    problemAt(
      path,
      `names ${value}, which lies outside the model's data locations: use {"Get": "Parameters.DataUri"} or OutputUri.`,
    ),
  ];
}

/** A place that is put together begins where the platform or the onboarding record says: pieces of a text hide any other. */
function checkInput(placed: PlacedValue, { values, dataLocations }: Given): DefinitionProblem[] {
  const { path, value } = placed;
  if (!isPlace(placed) || isOutput(placed) || dataLocations === undefined) return [];
  const beginning = beginningOf(value);
  const [root, name = ''] = referenceIn(beginning)?.split('.') ?? [];
  const isKnown = root === 'Steps' || (root === 'Parameters' && isReserved(name));
  const literal = root === 'Parameters' ? values[name] : beginning;
  const isSpelledOut = typeof literal === 'string' && literal.startsWith('s3://');
  if ((isKnown || isSpelledOut) && isJoinedBySlashes(value)) return [];
  return [
    problemAt(
      path,
      'must begin with {"Get": "Parameters.DataUri"}, another parameter of the platform, or a whole s3:// prefix, joined by "/".',
    ),
  ];
}

function checkOutput(placed: PlacedValue): DefinitionProblem[] {
  const { path, value } = placed;
  if (!isPlace(placed) || !isOutput(placed)) return [];
  if (referenceIn(beginningOf(value)) === 'Parameters.OutputUri' && isJoinedBySlashes(value)) return [];
  return [problemAt(path, 'writes outside the run: let it begin with {"Get": "Parameters.OutputUri"}, joined by "/".')];
}

function isPlace({ path, key }: PlacedValue): boolean {
  const isKey = (key === 'S3Uri' || key === 'S3OutputPath') && path.at(-1) === key;
  return isKey && !path.includes('HyperParameters') && !path.includes('Environment');
}

function isOutput({ path, key }: PlacedValue): boolean {
  return key === 'S3OutputPath' || path.includes('ProcessingOutputConfig') || path.includes('CheckpointConfig');
}

/** Without the slash, `…/flight-delays` and `-of-others` would make another place. */
function isJoinedBySlashes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('Std:Join' in value)) return true;
  const join = value['Std:Join'];
  if (typeof join !== 'object' || join === null || !('On' in join) || join.On !== '/') return false;
  return !('Values' in join) || !Array.isArray(join.Values) || isJoinedBySlashes(join.Values[0]);
}

/** Wherever a parameter's value is written: as its default, or in the policy. */
function checkParameters({ Parameters }: PipelineDefinition, { values, dataLocations }: Given): DefinitionProblem[] {
  return Parameters.flatMap(({ Name }, index) =>
    checkPlace({ path: ['Parameters', index], key: Name, value: values[Name] }, dataLocations),
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
