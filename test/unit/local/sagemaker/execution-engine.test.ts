import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionEngine } from '../../../../local/sagemaker/pipelines/execution-engine.ts';
import type { PipelineExecution } from '../../../../local/sagemaker/state/records.ts';
import { openStore } from '../../../../local/sagemaker/state/store.ts';
import type { World } from '../../../../local/sagemaker/world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function executionOf(step: object): PipelineExecution {
  const at = new Date();
  return {
    id: 'one',
    arn: 'arn:one',
    pipelineName: 'p',
    pipelineArn: 'arn:p',
    versionId: 1,
    definition: JSON.stringify({ Steps: [step] }),
    roleArn: 'arn:role',
    parameters: [],
    status: 'Executing',
    createdAt: at,
    modifiedAt: at,
    startToken: 'token',
    retryTokens: [],
    steps: [],
    formerAttempts: {},
  };
}

describe('an execution', () => {
  it('ends as Failed, and the server goes on, when the end of a step could not be recorded', async () => {
    const told: string[] = [];
    const { executions } = openStore(folder);
    let refusals = 1;
    const world = {
      store: {
        executions: {
          get: (arn: string) => executions.get(arn),
          put: (arn: string, execution: PipelineExecution) => {
            const ended = execution.steps.some((step) => step.endedAt !== undefined);
            if (ended && refusals-- > 0) throw new Error('disk full');
            return executions.put(arn, execution);
          },
        },
      },
      events: { send: () => undefined },
      now: () => new Date(),
      log: (line: string) => void told.push(line),
    };
    const execution = executionOf({ Name: 'Gate', Type: 'Condition', Arguments: { Conditions: [] } });
    // The engine asks no more of the world for such a step.
    new ExecutionEngine(() => world as unknown as World).begin(execution);
    while (executions.get('arn:one')?.status === 'Executing') await new Promise((resolve) => setImmediate(resolve));
    expect(executions.get('arn:one')).toMatchObject({
      status: 'Failed',
      steps: [{ status: 'Failed', failureReason: 'InternalServerError: Error: disk full' }],
    });
    expect(told).toEqual(['The step Gate of arn:one could not go on: Error: disk full']);
  });

  it('makes no model any more when it is stopped while the arguments of the step are being resolved', async () => {
    const store = openStore(folder);
    const { promise: text, resolve: answer } = Promise.withResolvers<string>();
    const world = {
      store,
      objects: { readText: () => text },
      events: { send: () => undefined },
      now: () => new Date(),
      log: () => undefined,
    };
    const engine = new ExecutionEngine(() => world as unknown as World);
    const ModelDataUrl = { 'Std:JsonGet': { S3Uri: 's3://bucket/places.json', Path: 'model' } };
    const PrimaryContainer = { Image: 'image', ModelDataUrl };
    engine.begin(executionOf({ Name: 'Make', Type: 'Model', Arguments: { PrimaryContainer } }));
    const stored = () => store.executions.get('arn:one');
    const execution = stored();
    if (execution !== undefined) engine.stop(execution);
    answer(JSON.stringify({ model: 's3://bucket/model.tar.gz' }));
    while (stored()?.endedAt === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(stored()).toMatchObject({ status: 'Stopped', steps: [{ name: 'Make', status: 'Stopped' }] });
    expect(store.models.all()).toEqual([]);
  });
});
