import type { TrainingJob } from '../state/records.ts';
import { JobFailed } from './job-failed.ts';
import { shownByPython } from './shown-by-python.ts';

/** Python's INFO. */
const DEFAULT_LOG_LEVEL = 20;

/** What a script-mode job is asked to run: the script, where it is, and the script's own arguments. */
type ScriptMode = { program: string; submitDirectory: string; logLevel: unknown; hyperparameters: Hyperparameter[] };
/** With the text that it was given as, which tells 1.0 from 1. */
type Hyperparameter = { name: string; value: unknown; text: string };

/** Values are JSON texts, as the SDK writes them; a text that isn't JSON is taken as it stands. The environment may name the script instead. */
export function readScriptMode({
  HyperParameters: hyperparameters = {},
  Environment: environment = {},
}: Pick<TrainingJob, 'HyperParameters' | 'Environment'>): ScriptMode {
  const program = environment.SAGEMAKER_PROGRAM ?? decode(hyperparameters.sagemaker_program);
  if (typeof program !== 'string' || program === '') {
    throw new JobFailed(
      'ClientError: The hyperparameter sagemaker_program is missing: name the training script, such as "train.py".',
    );
  }
  const submitDirectory = decode(hyperparameters.sagemaker_submit_directory) ?? environment.SAGEMAKER_SUBMIT_DIRECTORY;
  return {
    program,
    submitDirectory: typeof submitDirectory === 'string' && submitDirectory !== '' ? submitDirectory : '/opt/ml/code',
    logLevel: decode(hyperparameters.sagemaker_container_log_level) ?? DEFAULT_LOG_LEVEL,
    hyperparameters: Object.entries(hyperparameters)
      .filter(([name]) => !name.startsWith('sagemaker_'))
      .map(([name, text]) => ({ name, value: decode(text), text }))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

export function commandLineOf(script: ScriptMode): string[] {
  const start = script.program.endsWith('.sh')
    ? ['/bin/sh', '-c', `./${script.program} "$@"`, 'sh']
    : ['python3', script.program];
  return [...start, ...argumentsOf(script)];
}

/** `--name value …`, by name; a name of one letter gets one dash. */
function argumentsOf(script: ScriptMode): string[] {
  return script.hyperparameters.flatMap((parameter) => [
    parameter.name.length === 1 ? `-${parameter.name}` : `--${parameter.name}`,
    asArgument(parameter),
  ]);
}

/** What the toolkit reads from /opt/ml/input/config. */
export type ContainerConfiguration = { resourceConfig: unknown; inputDataConfig: unknown; cpus: number };

/** The SM_… variables of SageMaker's training toolkit: https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md */
export function scriptModeEnvironment(
  job: TrainingJob,
  script: ScriptMode,
  { resourceConfig, inputDataConfig, cpus }: ContainerConfiguration,
): Record<string, string> {
  const channels = (job.InputDataConfig ?? []).map((channel) => channel.ChannelName).sort();
  const channelFolders = Object.fromEntries(channels.map((channel) => [channel, `/opt/ml/input/data/${channel}`]));
  const parameters = Object.fromEntries(script.hyperparameters.map(({ name, value }) => [name, value]));
  // Each is a variable, and a member of SM_TRAINING_ENV by its name in lower case.
  const settings: Record<string, unknown> = {
    model_dir: '/opt/ml/model',
    output_dir: '/opt/ml/output',
    output_data_dir: '/opt/ml/output/data',
    output_intermediate_dir: '/opt/ml/output/intermediate',
    input_dir: '/opt/ml/input',
    input_config_dir: '/opt/ml/input/config',
    module_dir: script.submitDirectory,
    module_name: script.program.replace(/\.py$/, ''),
    user_entry_point: script.program,
    hosts: ['algo-1'],
    current_host: 'algo-1',
    current_instance_type: job.ResourceConfig?.InstanceType ?? '',
    current_instance_group: 'homogeneousCluster',
    network_interface_name: 'lo',
    num_cpus: cpus,
    num_gpus: 0,
    log_level: script.logLevel,
    framework_module: 'sagemaker_sklearn_container.training:main',
    resource_config: resourceConfig,
    input_data_config: inputDataConfig,
  };
  const environment: Record<string, string> = {
    PYTHONPATH: '/opt/ml/code',
    SM_CHANNELS: JSON.stringify(channels),
    SM_HPS: JSON.stringify(parameters),
    SM_USER_ARGS: JSON.stringify(argumentsOf(script)),
    SM_FRAMEWORK_PARAMS: '{}',
    SM_TRAINING_ENV: JSON.stringify({
      ...settings,
      channel_input_dirs: channelFolders,
      hyperparameters: parameters,
      additional_framework_parameters: {},
      is_master: true,
      master_hostname: 'algo-1',
      job_name: job.TrainingJobName,
    }),
  };
  for (const [name, value] of Object.entries(settings))
    environment[`SM_${name.toUpperCase()}`] = typeof value === 'string' ? value : JSON.stringify(value);
  for (const [channel, folder] of Object.entries(channelFolders))
    environment[`SM_CHANNEL_${channel.toUpperCase()}`] = folder;
  for (const parameter of script.hyperparameters)
    environment[`SM_HP_${parameter.name.toUpperCase()}`] = asVariable(parameter);
  return environment;
}

/** The reason of a script that ended with an error: its own words, else the end of the log. */
export function scriptFailure(message: string, exitCode: number, tail: string, command: string): string {
  // What the toolkit says of an installation that failed has the form of a reason already.
  if (message.startsWith('InstallRequirementsError:')) return `AlgorithmError: ${message}, exit code: ${exitCode}`;
  const said = message === '' ? tail : message;
  const words = `AlgorithmError: ExecuteUserScriptError:\nExitCode ${exitCode}\nErrorMessage "`;
  const end = `"\nCommand "${command.slice(0, 150)}", exit code: ${exitCode}`;
  return `${words}${said.slice(-(1024 - words.length - end.length))}${end}`;
}

function decode(value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A variable holds JSON, unless the value is a text or nothing. */
function asVariable({ value, text }: Hyperparameter): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return text.trim();
  return value === null ? '' : JSON.stringify(value);
}

/** An argument looks as Python shows the value; a mapping's members are joined. */
function asArgument({ value, text }: Hyperparameter): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return text.trim();
  if (value === null) return '';
  if (typeof value !== 'object' || Array.isArray(value)) return shownByPython(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return members
    .map(([name, member]) => `${name}=${typeof member === 'string' ? member : shownByPython(member)}`)
    .join(',');
}
