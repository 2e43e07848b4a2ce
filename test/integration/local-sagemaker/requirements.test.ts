import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateEndpointCommand, DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { logs, newBucket, putObject, readObject, runtime, sagemaker, uniqueName } from './clients.ts';
import { processingEnd, startProcessing, startTraining, trainingEnd } from './jobs.ts';
import { createConfig, createModel, endpointAtRest, uploadModel } from './models.ts';

let bucket: string;

beforeAll(async () => {
  bucket = await newBucket();
});

/** A package that is built without anything from outside. */
const pyproject = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
const backend = `import os, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = 'beside_the_script-1.0-py3-none-any.whl'
    info = 'beside_the_script-1.0.dist-info/'
    with zipfile.ZipFile(os.path.join(folder, name), 'w') as wheel:
        wheel.writestr('beside_the_script.py', 'ANSWER = 42')
        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: beside-the-script\\nVersion: 1.0\\n')
        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(info + 'RECORD', '')
    return name
`;
const asked = '--no-index\nnumpy\n./package\n';

async function trainWith(requirements: string, script: string, name = uniqueName('requirements')) {
  await putObject(bucket, `${name}/code/requirements.txt`, requirements);
  await putObject(bucket, `${name}/code/package/pyproject.toml`, pyproject);
  await putObject(bucket, `${name}/code/package/backend.py`, backend);
  await startTraining(bucket, name, script);
  return trainingEnd(name);
}

describe('a requirements.txt beside the script', () => {
  it('is installed for its job alone, over what the image has', async () => {
    const { TrainingJobStatus, FailureReason } = await trainWith(
      asked,
      "import beside_the_script, sklearn\nassert beside_the_script.ANSWER == 42 and '/jobs/training/' in beside_the_script.__file__\n",
    );
    expect([TrainingJobStatus, FailureReason]).toEqual(['Completed', undefined]);
    const name = uniqueName('processing');
    await startProcessing(bucket, name, 'import beside_the_script\n');
    expect((await processingEnd(name)).FailureReason).toContain("No module named 'beside_the_script'");
  });

  it('is left alone where the image has all that it asks for', async () => {
    const name = uniqueName('requirements');
    const satisfied = `# as in the image\nnumpy>=1  # any\nscikit-learn\nnobody-wrote-this ; python_version < "3"\n`;
    expect((await trainWith(satisfied, 'print(1)\n', name)).TrainingJobStatus).toBe('Completed');
    const group = '/aws/sagemaker/TrainingJobs';
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: group, logStreamNamePrefix: `${name}/` }),
    );
    expect(events?.map(({ message }) => message)).toContain(
      "requirements.txt asks for nothing that the image doesn't have.",
    );
  });

  it('fails the job in the words of pip when it cannot be installed', async () => {
    const { TrainingJobStatus, FailureReason } = await trainWith('--no-index\nnobody-wrote-this==9\n', 'print(1)\n');
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toMatch(
      /^AlgorithmError: InstallRequirementsError:\nExitCode 1\nErrorMessage ".*nobody-wrote-this==9.*"\nCommand "python3 -m pip install -r requirements.txt", exit code: 1$/s,
    );
  });

  it('is not needed for what a job installs with pip itself, which stays in the job too', async () => {
    const name = uniqueName('processing');
    const folder = '/opt/ml/processing/input/code';
    await putObject(bucket, `${name}/code/package/pyproject.toml`, pyproject);
    await putObject(bucket, `${name}/code/package/backend.py`, backend);
    await startProcessing(
      bucket,
      name,
      `import subprocess, sys
subprocess.check_call(['pip', 'install', '--no-index', '${folder}/package'])
found = subprocess.check_output([sys.executable, '-c', 'import beside_the_script; print(beside_the_script.__file__)'])
open('/opt/ml/processing/result/where', 'wb').write(found)
`,
      {
        ProcessingInputs: [
          {
            InputName: 'code',
            S3Input: {
              S3Uri: `s3://${bucket}/${name}/code/`,
              LocalPath: folder,
              S3DataType: 'S3Prefix',
              S3InputMode: 'File',
            },
          },
        ],
      },
    );
    expect((await processingEnd(name)).FailureReason).toBeUndefined();
    expect(await readObject(bucket, `${name}/out/where`)).toContain(`/jobs/processing/${name}/`);
  });

  it('is installed for a model too, before its script is loaded', async () => {
    const name = uniqueName('requirements');
    const script = `import beside_the_script
def model_fn(model_dir):
    return beside_the_script.ANSWER
def input_fn(body, content_type):
    return body
def predict_fn(row, answer):
    return [answer]
`;
    const files = {
      'code/requirements.txt': '--no-index\n./package\n',
      'code/package/pyproject.toml': pyproject,
      'code/package/backend.py': backend,
    };
    await createModel(name, await uploadModel(bucket, script, 2, files));
    await createConfig(name, name);
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    expect((await endpointAtRest(name)).EndpointStatus).toBe('InService');
    const { Body } = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: name, Body: '1', ContentType: 'text/csv' }),
    );
    expect(Buffer.from(Body).toString()).toBe('[42]');
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
  });
});
