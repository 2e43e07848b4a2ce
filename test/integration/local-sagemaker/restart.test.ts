import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateEndpointCommand, DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { stateFolderAt } from '../../../local/world/state-folder.ts';
import { restartPart, worldVariable } from '../../harness/world.ts';
import { newBucket, readObject, runtime, sagemaker, uniqueName, until } from './clients.ts';
import { processingEnd, startProcessing } from './jobs.ts';
import { createConfig, createModel, endpointAtRest, inference, uploadModel } from './models.ts';

describe('a server that is killed and started again', () => {
  it('leaves no process behind, runs its unfinished jobs again and serves its endpoints again', async () => {
    const bucket = await newBucket();
    const [job, endpoint] = [uniqueName('processing'), uniqueName('endpoint')];
    await createModel(endpoint, await uploadModel(bucket, inference));
    await createConfig(endpoint, endpoint);
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: endpoint, EndpointConfigName: endpoint }));
    await endpointAtRest(endpoint);
    await startProcessing(
      bucket,
      job,
      `import os, subprocess, time
child = subprocess.Popen(['sleep', '300'], start_new_session=True)
open('/opt/ml/processing/pids.new', 'w').write(f'{os.getpid()} {child.pid}')
os.rename('/opt/ml/processing/pids.new', '/opt/ml/processing/pids')
time.sleep(2)
open('/opt/ml/processing/result/done', 'w').write('yes')
`,
    );
    const pids = await until(
      async () => pidsOf(job),
      ({ length }) => length === 2,
    );

    await restartPart('sagemaker', 'SIGKILL');

    await until(
      async () => pids.filter(isAlive),
      (alive) => alive.length === 0,
    );
    const answer = await runtime.send(
      new InvokeEndpointCommand({ EndpointName: endpoint, Body: '1,2', ContentType: 'text/csv' }),
    );
    expect(Buffer.from(answer.Body).toString()).toBe('[6.0]');
    expect((await processingEnd(job)).ProcessingJobStatus).toBe('Completed');
    expect(await readObject(bucket, `${job}/out/done`)).toBe('yes');
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  });
});

/** Of the job's script and of the child that it let go of; empty until it has said so. */
function pidsOf(job: string): number[] {
  const folder = stateFolderAt(worldVariable('MLOPS_TEST_WORLD')).partState('sagemaker');
  try {
    const text = readFileSync(join(folder, 'jobs', 'processing', job, 'opt-ml', 'processing', 'pids'), 'utf8');
    return text.split(' ').map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
