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
    const at = new Date();
    const execution: PipelineExecution = {
      id: 'one',
      arn: 'arn:one',
      pipelineName: 'p',
      pipelineArn: 'arn:p',
      versionId: 1,
      definition: JSON.stringify({ Steps: [{ Name: 'Gate', Type: 'Condition', Arguments: { Conditions: [] } }] }),
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
    // The engine asks no more of the world for such a step.
    new ExecutionEngine(() => world as unknown as World).begin(execution);
    while (executions.get('arn:one')?.status === 'Executing') await new Promise((resolve) => setImmediate(resolve));
    expect(executions.get('arn:one')).toMatchObject({
      status: 'Failed',
      steps: [{ status: 'Failed', failureReason: 'InternalServerError: Error: disk full' }],
    });
    expect(told).toEqual(['The step Gate of arn:one could not go on: Error: disk full']);
  });
});
