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
};

describe('script mode', () => {
  it('decodes hyperparameters and passes them as arguments, as the training toolkit does', () => {
    const script = readScriptMode(hyperparameters);
    expect(script.submitDirectory).toBe('s3://b/source.tar.gz');
    expect(commandLineOf(script)).toEqual([
      'python3',
      'train.py',
      '--learning_rate',
      '0.05',
      '--note',
      'two words',
      '--plain',
      'not json',
      '-v',
      'True',
      '--layers',
      '[8,4]',
    ]);
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
    const environment = scriptModeEnvironment(job, readScriptMode(hyperparameters), configuration);
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
