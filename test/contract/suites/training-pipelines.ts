import { beforeEach, expect, it } from '@jest/globals';
import { sha256Hex } from '../../../shared/domain/canonical-json.ts';
import type { PipelineExecution, TrainingPipelines } from '../../../shared/ports/sagemaker.ts';
import { anyId } from './any-names.ts';

/** Ends at once, with an author's message. */
const definition = JSON.stringify({
  Version: '2020-12-01',
  Parameters: [{ Name: 'OutputUri', Type: 'String' }],
  Steps: [{ Name: 'Refuse', Type: 'Fail', Arguments: { ErrorMessage: 'AUC below the limit' } }],
});

type Contract = {
  pipelines: TrainingPipelines;
  /** Resolves when the execution has ended. */
  ended: (arn: string) => Promise<PipelineExecution>;
};

/** What every `TrainingPipelines` does. */
export function trainingPipelinesContract(make: () => Promise<Contract>) {
  let contract: Contract;
  let name: string;

  beforeEach(async () => {
    contract = await make();
    name = `mlops-test-${anyId()}`;
  });

  const ensure = () =>
    contract.pipelines.ensure({
      name,
      definition,
      roleArn: 'arn:aws:iam::000000000000:role/mlops-test-training',
      description: 'A test',
      tags: { stage: 'test' },
    });
  const start = (number: number) =>
    contract.pipelines.start({
      pipelineName: name,
      token: sha256Hex(`${name}/${number}`),
      displayName: `run-t${number}`,
      description: 'A test',
      parameters: { OutputUri: 's3://mlops-test/runs/x' },
    });

  it('leaves a pipeline alone that exists', async () => {
    await ensure();
    await expect(ensure()).resolves.toBeUndefined();
  });

  it('starts once per token', async () => {
    await ensure();
    const first = await start(1);
    expect(await start(1)).toEqual(first);
    expect(await start(2)).not.toEqual(first);
  });

  it('shows the execution under the name that it was given', async () => {
    await ensure();
    const { arn } = await start(1);
    expect(await contract.pipelines.describe(arn)).toMatchObject({ arn, displayName: 'run-t1' });
  });

  it('tells which step failed and why', async () => {
    await ensure();
    const { arn } = await start(1);
    const execution = await contract.ended(arn);
    expect(execution.status).toBe('Failed');
    expect(execution.steps).toMatchObject([{ name: 'Refuse', type: 'Fail', status: 'Failed' }]);
    expect(execution.steps[0]?.failureReason).toContain('AUC below the limit');
  });

  it('finds no log of a job that never was', async () => {
    const jobArn = `arn:aws:sagemaker:eu-central-1:000000000000:training-job/never-${anyId()}`;
    expect(await contract.pipelines.logTail(jobArn, 10)).toEqual([]);
  });
}
