import type { TrainingJob } from '../state/records.ts';
import { JobFailed } from './job-failed.ts';

/** What the hyperparameters of a script-mode job say: the script, where it is, and the script's own arguments. */
type ScriptMode = { program: string; submitDirectory: string; hyperparameters: [string, unknown][] };

/** Values are JSON texts, as the SDK writes them; a text that isn't JSON is taken as it stands. */
export function readScriptMode(hyperparameters: Record<string, string>): ScriptMode {
  const program = decode(hyperparameters.sagemaker_program);
  if (typeof program !== 'string' || program === '') {
    throw new JobFailed(
      'ClientError: The hyperparameter sagemaker_program is missing: name the training script, such as "train.py".',
    );
  }
  const submitDirectory = decode(hyperparameters.sagemaker_submit_directory);
  return {
    program,
    submitDirectory: typeof submitDirectory === 'string' && submitDirectory !== '' ? submitDirectory : '/opt/ml/code',
    hyperparameters: Object.entries(hyperparameters)
      .filter(([name]) => !name.startsWith('sagemaker_'))
      .map(([name, value]) => [name, decode(value)]),
  };
}

/** `python3 train.py --name value …`; a name of one letter gets one dash. */
export function commandLineOf(script: ScriptMode): string[] {
  const parameters = script.hyperparameters.flatMap(([name, value]) => [
    name.length === 1 ? `-${name}` : `--${name}`,
    asText(value),
  ]);
  const start = script.program.endsWith('.sh')
    ? ['/bin/sh', '-c', `./${script.program} "$@"`, 'sh']
    : ['python3', script.program];
  return [...start, ...parameters];
}

/** What the toolkit reads from /opt/ml/input/config. */
export type ContainerConfiguration = { resourceConfig: unknown; inputDataConfig: unknown; cpus: number };

/** The SM_… variables of SageMaker's training toolkit: https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md */
export function scriptModeEnvironment(
  job: TrainingJob,
  script: ScriptMode,
  { resourceConfig, inputDataConfig, cpus }: ContainerConfiguration,
): Record<string, string> {
  const channels = (job.InputDataConfig ?? []).map((channel) => channel.ChannelName);
  const channelFolders = Object.fromEntries(channels.map((channel) => [channel, `/opt/ml/input/data/${channel}`]));
  const parameters = Object.fromEntries(script.hyperparameters);
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
    log_level: 20,
    framework_module: 'sagemaker_sklearn_container.training:main',
    resource_config: resourceConfig,
    input_data_config: inputDataConfig,
  };
  const environment: Record<string, string> = {
    PYTHONPATH: '/opt/ml/code',
    SM_CHANNELS: JSON.stringify(channels),
    SM_HPS: JSON.stringify(parameters),
    SM_USER_ARGS: JSON.stringify(commandLineOf(script).slice(2)),
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
  for (const [name, value] of script.hyperparameters) environment[`SM_HP_${name.toUpperCase()}`] = asText(value);
  return environment;
}

/** The reason of a script that ended with an error: its own words, else the end of the log. */
export function scriptFailure(message: string, exitCode: number, tail: string, command: string): string {
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

/** As Python writes them, because that is what the toolkit's own arguments look like. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  return JSON.stringify(value);
}
