import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DataCaptureConfig,
  DescribeEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { packFolder } from '../../../local/sagemaker/jobs/archives.ts';
import { image, putObject, sagemaker, uniqueName, until } from './clients.ts';

export const servingRoleArn = 'arn:aws:iam::000000000000:role/mlops-test-serving';
export const scriptMode = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };

/** Answers each CSV row with its sum times a factor; `die` ends the worker, `slow` takes two seconds. */
export const inference = `import os, time
def model_fn(model_dir):
    return float(open(os.path.join(model_dir, 'factor.txt')).read())
def input_fn(body, content_type):
    if content_type != 'text/csv':
        raise ValueError('send text/csv')
    if body == 'die':
        os._exit(9)
    if body == 'slow':
        time.sleep(2)
        body = '1'
    return [[float(cell) for cell in line.split(',')] for line in body.splitlines()]
def predict_fn(rows, factor):
    return [factor * sum(row) for row in rows]
`;

/** The same, whose model is not there before the file `open` is: what a test looks at meanwhile can't be over too soon. */
export function gatedInference() {
  const file = join(mkdtempSync(join(tmpdir(), 'gate-')), 'open');
  const wait = `import time\n    while not os.path.exists(${JSON.stringify(file)}): time.sleep(0.05)`;
  return {
    script: inference.replace('(model_dir):\n', `(model_dir):\n    ${wait}\n`),
    open: () => writeFileSync(file, ''),
    remove: () => rmSync(dirname(file), { recursive: true, force: true }),
  };
}

/** Puts a model archive into S3, with further files by their paths, and answers its URI. */
export async function uploadModel(
  bucket: string,
  script: string,
  factor = 2,
  files: Record<string, string> = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  mkdirSync(join(folder, 'model', 'code'), { recursive: true });
  writeFileSync(join(folder, 'model', 'code', 'inference.py'), script);
  writeFileSync(join(folder, 'model', 'factor.txt'), String(factor));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'model', path)), { recursive: true });
    writeFileSync(join(folder, 'model', path), text);
  }
  const archive = join(folder, 'model.tar.gz');
  await packFolder(join(folder, 'model'), archive);
  const uri = await putObject(bucket, `${uniqueName('artifact')}/model.tar.gz`, await readFile(archive));
  rmSync(folder, { recursive: true });
  return uri;
}

export async function createModel(name: string, modelDataUrl: string): Promise<void> {
  const PrimaryContainer = { Image: image, ModelDataUrl: modelDataUrl, Environment: scriptMode };
  await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: servingRoleArn, PrimaryContainer }));
}

export async function createConfig(
  name: string,
  modelName: string,
  capture?: DataCaptureConfig,
  instances = 1,
): Promise<void> {
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: modelName,
          InitialInstanceCount: instances,
          InstanceType: 'ml.t2.medium',
        },
      ],
      ...(capture === undefined ? {} : { DataCaptureConfig: capture }),
    }),
  );
}

export const describeEndpoint = (name: string) => sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));

export function endpointAtRest(name: string) {
  return until(
    () => describeEndpoint(name),
    (endpoint) => !['Creating', 'Updating'].includes(endpoint.EndpointStatus ?? ''),
  );
}
