import { gzipSync } from 'node:zlib';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTrainingJobCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { packTar } from 'modern-tar';
import {
  cloudwatch,
  image,
  keysBelow,
  newBucket,
  putObject,
  readObject,
  sagemaker,
  uniqueName,
  until,
} from './clients.ts';
import { processingEnd, startProcessing, startTraining, trainingEnd } from './jobs.ts';

let bucket: string;

beforeAll(async () => {
  bucket = await newBucket();
});

const algorithm = (changes: object) => ({
  AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' as const, ...changes },
});

describe('a training job', () => {
  it('reports the metrics that its definitions find in the log, and publishes them under its name', async () => {
    const name = uniqueName('metrics');
    const MetricDefinitions = [{ Name: 'validation:auc', Regex: 'auc=([0-9.]+)' }];
    await startTraining(bucket, name, "print('auc=0.61')\nprint('auc=0.73')\n", {}, algorithm({ MetricDefinitions }));
    const { FinalMetricDataList, BillableTimeInSeconds } = await trainingEnd(name);
    expect(FinalMetricDataList).toEqual([
      { MetricName: 'validation:auc', Value: expect.closeTo(0.73), Timestamp: expect.any(Date) },
    ]);
    expect(BillableTimeInSeconds).toBeGreaterThan(0);
    const statistics = () =>
      cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: '/aws/sagemaker/TrainingJobs',
          MetricName: 'validation:auc',
          Dimensions: [{ Name: 'TrainingJobName', Value: name }],
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 60,
          Statistics: ['Maximum', 'SampleCount'],
        }),
      );
    const { Datapoints } = await until(statistics, (answer) => (answer.Datapoints ?? []).length > 0);
    expect(Math.max(...(Datapoints ?? []).map((point) => point.Maximum ?? 0))).toBeCloseTo(0.73);
  });

  it('reads a channel of the mode Pipe epoch by epoch, as plain bytes or as RecordIO', async () => {
    const name = uniqueName('pipe');
    const S3Uri = `s3://${bucket}/${name}/lines/`;
    await putObject(bucket, `${name}/lines/b`, 'two\n');
    await putObject(bucket, `${name}/lines/a`, 'one\n\n');
    const DataSource = { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri } };
    const script = `import json, os
code = os.environ['SM_CHANNEL_CODE']
assert os.path.exists(code + '/train.py')
epochs = [open(f'/opt/ml/input/data/lines_{epoch}', 'rb').read().decode() for epoch in range(3)]
part = open('/opt/ml/input/data/lines_3', 'rb').read(1).decode()
records = open('/opt/ml/input/data/records_0', 'rb').read().hex()
modes = {name: channel['TrainingInputMode'] for name, channel in json.load(open('/opt/ml/input/config/inputdataconfig.json')).items()}
json.dump([epochs, part, records, modes], open('/opt/ml/output/data/read.json', 'w'))
`;
    const code = { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${bucket}/${name}/code` } };
    await startTraining(
      bucket,
      name,
      script,
      {},
      {
        InputDataConfig: [
          { ChannelName: 'code', DataSource: code },
          { ChannelName: 'lines', DataSource, InputMode: 'Pipe' },
          { ChannelName: 'records', DataSource, InputMode: 'Pipe', RecordWrapperType: 'RecordIO' },
        ],
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/${name}`, CompressionType: 'NONE' },
      },
    );
    expect((await trainingEnd(name)).FailureReason).toBeUndefined();
    const key = (await keysBelow(bucket, `${name}/${name}/`)).find((each) => each.endsWith('read.json'));
    const records = '0a23d7ce050000006f6e650a0a0000000a23d7ce0400000074776f0a';
    expect(JSON.parse(await readObject(bucket, key ?? ''))).toEqual([
      Array.from({ length: 3 }, () => 'one\n\ntwo\n'),
      'o',
      records,
      { code: 'File', lines: 'Pipe', records: 'Pipe' },
    ]);
  });

  it('is refused for a metric whose expression is broken', async () => {
    const MetricDefinitions = [{ Name: 'auc', Regex: 'auc=([0-9' }];
    const refused = startTraining(bucket, uniqueName('metrics'), 'pass', {}, algorithm({ MetricDefinitions }));
    await expect(refused).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('auc'),
    });
  });

  it('keeps its checkpoints in S3 when it is stopped, and the next one finds them', async () => {
    const [first, second] = [uniqueName('checkpoints'), uniqueName('checkpoints')];
    const CheckpointConfig = { S3Uri: `s3://${bucket}/${first}/checkpoints` };
    const wait = `import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (open('/opt/ml/checkpoints/deep.txt', 'w').write('7'), sys.exit(0)))
open('/opt/ml/model/partial', 'w').write('ready')
time.sleep(60)
`;
    await startTraining(bucket, first, wait, {}, { CheckpointConfig });
    await until(
      () => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: first })),
      (job) => job.SecondaryStatus === 'Training',
    );
    await new Promise((resolve) => setTimeout(resolve, 700));
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: first }));
    expect((await trainingEnd(first)).TrainingJobStatus).toBe('Stopped');
    expect(await readObject(bucket, `${first}/checkpoints/deep.txt`)).toBe('7');

    const go = "assert open('/opt/ml/checkpoints/deep.txt').read() == '7'\n";
    await startTraining(bucket, second, go, {}, { CheckpointConfig });
    expect((await trainingEnd(second)).FailureReason).toBeUndefined();
  });

  it('fails with a sentence when its results are a link out of /opt/ml', async () => {
    const name = uniqueName('link');
    const script = "import os\nos.rmdir('/opt/ml/model')\nos.symlink('/etc', '/opt/ml/model')\n";
    await startTraining(bucket, name, script);
    expect((await trainingEnd(name)).FailureReason).toBe(
      "ClientError: /opt/ml/model is a link that leads out of /opt/ml: it can't be uploaded.",
    );
    expect(await keysBelow(bucket, `${name}/models/`)).toEqual([]);
  });

  it('fails with a sentence for a source archive that leads out of its folder', async () => {
    const name = uniqueName('source');
    const archive = gzipSync(await packTar([{ header: { name: '../train.py', size: 4 }, body: 'pass' }]));
    const uri = await putObject(bucket, `${name}/sourcedir.tar.gz`, archive);
    await startTraining(bucket, name, 'pass', { sagemaker_submit_directory: JSON.stringify(uri) });
    expect((await trainingEnd(name)).FailureReason).toBe(
      "ClientError: The archive can't be unpacked: its entry ../train.py leads out of the folder.",
    );
  });

  it('leaves its model as it is with the CompressionType NONE', async () => {
    const name = uniqueName('uncompressed');
    const OutputDataConfig = { S3OutputPath: `s3://${bucket}/${name}/models/`, CompressionType: 'NONE' as const };
    await startTraining(bucket, name, "open('/opt/ml/model/m.json', 'w').write('{}')\n", {}, { OutputDataConfig });
    const job = await trainingEnd(name);
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/${name}/models/${name}/output/model/`);
    expect(await keysBelow(bucket, `${name}/models/`)).toEqual([`${name}/models/${name}/output/model/m.json`]);
  });

  it('has pandas in the image sagemaker-scikit-learn, and an environment without the secrets of the server', async () => {
    const name = uniqueName('environment');
    const script = `import json, os, numpy, pandas, sklearn, joblib
assert pandas.DataFrame({'a': [1, 2]}).a.sum() == 3
json.dump(sorted(os.environ), open('/opt/ml/model/names.json', 'w'))
`;
    const OutputDataConfig = { S3OutputPath: `s3://${bucket}/${name}`, CompressionType: 'NONE' as const };
    await startTraining(bucket, name, script, {}, { OutputDataConfig, Environment: { MINE: 'yes' } });
    expect((await trainingEnd(name)).FailureReason).toBeUndefined();
    const names: string[] = JSON.parse(await readObject(bucket, `${name}/${name}/output/model/names.json`));
    expect(names).toContain('MINE');
    const known =
      /^(SM_.*|TRAINING_JOB_(NAME|ARN)|MINE|PATH|HOME|TMPDIR|LANG|LC_CTYPE|PWD|OLDPWD|KMP_.*|PYTHON.*|OMP_NUM_THREADS|PIP_CACHE_DIR)$/;
    expect(names.filter((each) => !known.test(each))).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
    ]);
  });
});

describe('a processing job', () => {
  const s3Input = (S3Uri: string, S3DataType: 'ManifestFile' | 'S3Prefix') => ({
    InputName: 'data',
    S3Input: { S3Uri, S3DataType, LocalPath: '/opt/ml/processing/data', S3InputMode: 'File' as const },
  });
  const run = (script: string) => ({
    AppSpecification: {
      ImageUri: 'public.ecr.aws/docker/library/python:3.12',
      ContainerEntrypoint: ['python3', '-c', script],
    },
  });

  it('reads what a manifest names, in plain Python', async () => {
    const name = uniqueName('manifest');
    await putObject(bucket, `${name}/data/deep/a.txt`, 'a');
    await putObject(bucket, `${name}/data/b.txt`, 'b');
    const manifest = JSON.stringify([{ prefix: `s3://${bucket}/${name}/data/` }, 'deep/a.txt']);
    const uri = await putObject(bucket, `${name}/data.manifest`, manifest);
    const script = "import os; assert os.listdir('/opt/ml/processing/data') == ['deep']; import numpy";
    await startProcessing(bucket, name, 'pass', { ProcessingInputs: [s3Input(uri, 'ManifestFile')], ...run(script) });
    expect((await processingEnd(name)).FailureReason).toContain("No module named 'numpy'");
  });

  it('fails with a sentence for a manifest that leads out of its prefix, and for one that is none', async () => {
    const [outside, none] = [uniqueName('manifest'), uniqueName('manifest')];
    const uri = await putObject(bucket, `${outside}.manifest`, `[{"prefix": "s3://${bucket}/a/"}, "../b"]`);
    await startProcessing(bucket, outside, 'pass', { ProcessingInputs: [s3Input(uri, 'ManifestFile')] });
    const text = await putObject(bucket, `${none}.manifest`, 'a,b');
    await startProcessing(bucket, none, 'pass', { ProcessingInputs: [s3Input(text, 'ManifestFile')] });
    expect((await processingEnd(outside)).FailureReason).toBe(
      'ClientError: The manifest of The input data names ../b, which leads out of its prefix.',
    );
    expect((await processingEnd(none)).FailureReason).toContain('is not one: write a JSON array such as');
  });

  it('copies a continuous output to S3, also when it fails', async () => {
    const name = uniqueName('continuous');
    const S3Output = {
      S3Uri: `s3://${bucket}/${name}/out`,
      LocalPath: '/opt/ml/processing/result',
      S3UploadMode: 'Continuous' as const,
    };
    const script = "open('/opt/ml/processing/result/early.txt', 'w').write('early')\nraise SystemExit(4)\n";
    const ProcessingOutputConfig = { Outputs: [{ OutputName: 'result', S3Output }] };
    await startProcessing(bucket, name, script, { ProcessingOutputConfig });
    expect((await processingEnd(name)).FailureReason).toContain('ExitCode 4');
    expect(await keysBelow(bucket, `${name}/out`)).toEqual([`${name}/out/early.txt`]);
  });

  it('leaves alone what its application manages itself', async () => {
    const name = uniqueName('managed');
    const input = {
      InputName: 'own',
      AppManaged: true,
      S3Input: { S3Uri: `s3://${bucket}/none`, S3DataType: 'S3Prefix' as const },
    };
    await startProcessing(bucket, name, 'pass', { ProcessingInputs: [input], ...run('print(1)') });
    expect((await processingEnd(name)).FailureReason).toBeUndefined();
  });
});
