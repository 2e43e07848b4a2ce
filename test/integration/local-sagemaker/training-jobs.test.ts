import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { packFolder } from '../../../local/sagemaker/jobs/archives.ts';
import { keysBelow, listenToEvents, newBucket, putObject, sagemaker, uniqueName, until } from './clients.ts';
import { startTraining, trainingEnd } from './jobs.ts';

let bucket: string;

beforeAll(async () => {
  bucket = await newBucket();
});

const train = `import argparse, json, os
parser = argparse.ArgumentParser()
parser.add_argument('--max_iter', type=int)
parser.add_argument('--note')
arguments = parser.parse_args()
assert os.path.exists(os.path.join(os.environ['SM_CHANNEL_CODE'], 'train.py'))
assert os.environ['SM_HP_MAX_ITER'] == '7', os.environ['SM_HP_MAX_ITER']
assert os.environ['OMP_NUM_THREADS'] == '1'
json.dump(vars(arguments), open(os.path.join(os.environ['SM_MODEL_DIR'], 'model.json'), 'w'))
open(os.path.join(os.environ['SM_OUTPUT_DATA_DIR'], 'curve.csv'), 'w').write('1,2')
`;

describe('a training job in script mode', () => {
  it('gets its hyperparameters as arguments and leaves model.tar.gz and output.tar.gz', async () => {
    const name = uniqueName('Training');
    const { heard } = await listenToEvents();
    await startTraining(bucket, name, train, { max_iter: '7', note: '"two words"' });
    const job = await trainingEnd(name);
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' });
    const artifact = `${name}/models/${name}/output/model.tar.gz`;
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/${artifact}`);
    expect(await keysBelow(bucket, `${name}/models/`)).toEqual([
      artifact,
      artifact.replace('model.tar.gz', 'output.tar.gz'),
    ]);
    const transitions = job.SecondaryStatusTransitions?.map((transition) => transition.Status);
    expect(transitions).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    const events = await until(
      async () => (await heard()).filter((event) => event.detail.TrainingJobName === name),
      (seen) => seen.some((event) => event.detail.TrainingJobStatus === 'Completed'),
    );
    expect(events.at(-1)).toMatchObject({
      source: 'aws.sagemaker',
      'detail-type': 'SageMaker Training Job State Change',
      resources: [job.TrainingJobArn],
      detail: { ModelArtifacts: job.ModelArtifacts, CreationTime: job.CreationTime?.getTime() },
    });
  });

  it('takes its code from an archive in S3', async () => {
    const name = uniqueName('training');
    const folder = mkdtempSync(join(tmpdir(), 'source-'));
    writeFileSync(join(folder, 'train.py'), "open('/opt/ml/model/where.txt', 'w').write(__file__)\n");
    const archive = join(tmpdir(), `${name}.tar.gz`);
    await packFolder(folder, archive);
    const uri = await putObject(bucket, `${name}/source/sourcedir.tar.gz`, await readFile(archive));
    rmSync(folder, { recursive: true });
    rmSync(archive);
    await startTraining(bucket, name, 'pass', { sagemaker_submit_directory: JSON.stringify(uri) });
    expect((await trainingEnd(name)).TrainingJobStatus).toBe('Completed');
  });

  it('fails with what the script wrote to /opt/ml/output/failure', async () => {
    const name = uniqueName('training');
    await startTraining(
      bucket,
      name,
      "import sys\nopen('/opt/ml/output/failure', 'w').write('too few rows: 12')\nsys.exit(3)\n",
    );
    const job = await trainingEnd(name);
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' });
    expect(job.FailureReason).toMatch(
      /^AlgorithmError: ExecuteUserScriptError:\nExitCode 3\nErrorMessage "too few rows: 12"\nCommand "python3 train\.py", exit code: 3/,
    );
  });

  it('is Stopped with MaxRuntimeExceeded when it runs too long, and its children with it', async () => {
    const name = uniqueName('training');
    const script =
      "import subprocess, time\nsubprocess.Popen(['sleep', '60'], start_new_session=True)\ntime.sleep(60)\n";
    await startTraining(bucket, name, script, {}, { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect(await trainingEnd(name)).toMatchObject({
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    });
  });

  it('says what is missing when no script is named', async () => {
    const name = uniqueName('training');
    await startTraining(bucket, name, 'pass', { sagemaker_program: '""' });
    expect((await trainingEnd(name)).FailureReason).toContain('sagemaker_program is missing');
  });

  it('can be deleted once it has ended', async () => {
    const name = uniqueName('training');
    await startTraining(bucket, name, 'pass');
    const remove = () => sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: name }));
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceInUse' });
    await trainingEnd(name);
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});
