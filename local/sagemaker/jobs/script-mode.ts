import { availableParallelism } from 'node:os';
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

/** The SM_… variables of SageMaker's training toolkit. */
export function scriptModeEnvironment(job: TrainingJob, script: ScriptMode): Record<string, string> {
  const channels = (job.InputDataConfig ?? []).map((channel) => channel.ChannelName);
  const parameters = Object.fromEntries(script.hyperparameters);
  const folders = {
    SM_MODEL_DIR: '/opt/ml/model',
    SM_OUTPUT_DIR: '/opt/ml/output',
    SM_OUTPUT_DATA_DIR: '/opt/ml/output/data',
    SM_OUTPUT_INTERMEDIATE_DIR: '/opt/ml/output/intermediate',
    SM_INPUT_DIR: '/opt/ml/input',
    SM_INPUT_CONFIG_DIR: '/opt/ml/input/config',
    SM_MODULE_DIR: script.submitDirectory,
  };
  const environment: Record<string, string> = {
    ...folders,
    PYTHONPATH: '/opt/ml/code',
    SM_CHANNELS: JSON.stringify(channels),
    SM_HPS: JSON.stringify(parameters),
    SM_USER_ARGS: JSON.stringify(commandLineOf(script).slice(2)),
    SM_USER_ENTRY_POINT: script.program,
    SM_MODULE_NAME: script.program.replace(/\.py$/, ''),
    SM_HOSTS: '["algo-1"]',
    SM_CURRENT_HOST: 'algo-1',
    SM_NETWORK_INTERFACE_NAME: 'lo',
    SM_CURRENT_INSTANCE_TYPE: job.ResourceConfig?.InstanceType ?? '',
    SM_NUM_CPUS: String(availableParallelism()),
    SM_NUM_GPUS: '0',
    SM_LOG_LEVEL: '20',
    SM_FRAMEWORK_MODULE: 'sagemaker_sklearn_container.training:main',
    SM_FRAMEWORK_PARAMS: '{}',
    SM_TRAINING_ENV: JSON.stringify({
      ...folders,
      channels,
      hyperparameters: parameters,
      job_name: job.TrainingJobName,
    }),
  };
  for (const channel of channels) environment[`SM_CHANNEL_${channel.toUpperCase()}`] = `/opt/ml/input/data/${channel}`;
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
