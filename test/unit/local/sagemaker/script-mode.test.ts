import {
  commandLineOf,
  readScriptMode,
  scriptFailure,
  scriptModeEnvironment,
} from '../../../../local/sagemaker/jobs/script-mode.ts';
import type { TrainingJob } from '../../../../local/sagemaker/state/records.ts';

const hyperparameters = {
  sagemaker_program: '"train.py"',
  sagemaker_submit_directory: '"s3://b/source.tar.gz"',
  sagemaker_region: '"eu-central-1"',
  learning_rate: '0.05',
  note: '"two words"',
  plain: 'not json',
  v: 'true',
  layers: '[8, 4]',
  rate: '1.0',
  nothing: 'null',
  weights: '{"b": 2, "a": "x"}',
  names: '["it\'s", true, null]',
};

describe('script mode', () => {
  it('decodes hyperparameters and passes them as arguments, as the training toolkit does', () => {
    const script = readScriptMode({ HyperParameters: hyperparameters });
    expect(script.submitDirectory).toBe('s3://b/source.tar.gz');
    expect(commandLineOf(script)).toEqual([
      'python3',
      'train.py',
      '--layers',
      '[8, 4]',
      '--learning_rate',
      '0.05',
      '--names',
      '["it\'s", True, None]',
      '--note',
      'two words',
      '--nothing',
      '',
      '--plain',
      'not json',
      '--rate',
      '1.0',
      '-v',
      'True',
      '--weights',
      'a=x,b=2',
    ]);
  });

  it('takes the script from the environment too, and passes the arguments of a shell script alone', () => {
    const script = readScriptMode({
      HyperParameters: { depth: '3', sagemaker_container_log_level: '10' },
      Environment: { SAGEMAKER_PROGRAM: 'train.sh', SAGEMAKER_SUBMIT_DIRECTORY: 's3://b/code.tar.gz' },
    });
    expect(script).toMatchObject({ submitDirectory: 's3://b/code.tar.gz', logLevel: 10 });
    expect(commandLineOf(script)).toEqual(['/bin/sh', '-c', './train.sh "$@"', 'sh', '--depth', '3']);
  });

  it('needs a program', () => {
    expect(() => readScriptMode({})).toThrow('sagemaker_program is missing');
  });

  it('tells the script of its channels, folders and hyperparameters', () => {
    const job: TrainingJob = {
      TrainingJobName: 'train-1',
      TrainingJobArn: 'arn',
      ModelArtifacts: { S3ModelArtifacts: 's3://b/m' },
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Training',
      StoppingCondition: {},
      CreationTime: new Date(0),
      InputDataConfig: [{ ChannelName: 'train', DataSource: {} }],
    };
    const configuration = { resourceConfig: { hosts: ['algo-1'] }, inputDataConfig: { train: {} }, cpus: 2 };
    const environment = scriptModeEnvironment(job, readScriptMode({ HyperParameters: hyperparameters }), configuration);
    expect(JSON.parse(environment.SM_TRAINING_ENV ?? '')).toMatchObject({
      model_dir: '/opt/ml/model',
      channel_input_dirs: { train: '/opt/ml/input/data/train' },
      hyperparameters: { learning_rate: 0.05, v: true },
      resource_config: { hosts: ['algo-1'] },
      job_name: 'train-1',
    });
    expect(environment).toMatchObject({
      SM_NUM_CPUS: '2',
      SM_RESOURCE_CONFIG: '{"hosts":["algo-1"]}',
      SM_MODEL_DIR: '/opt/ml/model',
      SM_CHANNELS: '["train"]',
      SM_CHANNEL_TRAIN: '/opt/ml/input/data/train',
      SM_HP_LEARNING_RATE: '0.05',
      SM_HP_NOTE: 'two words',
      SM_HP_V: 'true',
      SM_HP_LAYERS: '[8,4]',
      SM_HP_RATE: '1.0',
      SM_HP_NOTHING: '',
      SM_LOG_LEVEL: '20',
      SM_USER_ENTRY_POINT: 'train.py',
      SM_HOSTS: '["algo-1"]',
    });
  });

  it('fits the reason of a failure into 1,024 characters and keeps the end of what was said', () => {
    const reason = scriptFailure(`${'x'.repeat(3000)}the last words`, 1, '', 'python3 train.py');
    expect(reason).toHaveLength(1024);
    expect(reason).toContain('the last words"\nCommand "python3 train.py", exit code: 1');
  });
});
