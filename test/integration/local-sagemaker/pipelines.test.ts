import {
  CreatePipelineCommand,
  DescribePipelineCommand,
  DescribePipelineDefinitionForExecutionCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineParametersForExecutionCommand,
  RetryPipelineExecutionCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  UpdatePipelineCommand,
} from '@aws-sdk/client-sagemaker';
import {
  image,
  keysBelow,
  listenToEvents,
  newBucket,
  putObject,
  roleArn,
  sagemaker,
  token,
  uniqueName,
  until,
} from './clients.ts';

let bucket: string;

beforeAll(async () => {
  bucket = await newBucket();
});

/** A processing step that runs `<Code>/<script>` and writes to `<Out>/<name>`. */
function processing(name: string, script: string, more: Record<string, unknown> = {}) {
  return {
    Name: name,
    Type: 'Processing',
    Arguments: {
      AppSpecification: {
        ImageUri: { Get: 'Parameters.Image' },
        ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${script}`],
      },
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            S3Uri: { Get: 'Parameters.Code' },
            LocalPath: '/opt/ml/processing/input/code',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'report',
            S3Output: {
              S3Uri: {
                'Std:Join': {
                  On: '/',
                  Values: [{ Get: 'Parameters.Out' }, { Get: 'Execution.PipelineExecutionId' }, name],
                },
              },
              LocalPath: '/opt/ml/processing/report',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: {
        ClusterConfig: { InstanceCount: { Get: 'Parameters.Count' }, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      },
    },
    ...more,
  };
}

function definition(steps: unknown[]): string {
  return JSON.stringify({
    Version: '2020-12-01',
    Parameters: [
      { Name: 'Image', Type: 'String', DefaultValue: image },
      { Name: 'Code', Type: 'String' },
      { Name: 'Out', Type: 'String' },
      { Name: 'Count', Type: 'Integer', DefaultValue: 1 },
      { Name: 'MinAuc', Type: 'Float', DefaultValue: 0.7 },
    ],
    Steps: steps,
  });
}

async function createPipeline(name: string, steps: unknown[]): Promise<void> {
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName: name,
      RoleArn: roleArn,
      ClientRequestToken: token(),
      PipelineDefinition: definition(steps),
    }),
  );
}

async function start(
  name: string,
  scripts: Record<string, string>,
  clientToken = token(),
  parameters: Record<string, string> = {},
): Promise<string> {
  for (const [file, text] of Object.entries(scripts)) await putObject(bucket, `${name}/code/${file}`, text);
  const given = { Code: `s3://${bucket}/${name}/code`, Out: `s3://${bucket}/${name}/out`, ...parameters };
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: name,
      ClientRequestToken: clientToken,
      PipelineExecutionDisplayName: 'run-1',
      PipelineParameters: Object.entries(given).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  return PipelineExecutionArn ?? '';
}

function ended(arn: string) {
  return until(
    () => sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn })),
    (execution) => !['Executing', 'Stopping'].includes(execution.PipelineExecutionStatus ?? ''),
  );
}

async function steps(arn: string) {
  const answer = await sagemaker.send(
    new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending' }),
  );
  return answer.PipelineExecutionSteps ?? [];
}

const idle = 'pass\n';
const report = (auc: number) =>
  `import json\njson.dump({'metrics': {'auc': {'value': ${auc}}}}, open('/opt/ml/processing/report/evaluation.json', 'w'))\n`;
const evaluate = processing('Evaluate', 'evaluate.py', {
  PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'report', FilePath: 'evaluation.json' }],
});
const gate = {
  Name: 'Gate',
  Type: 'Condition',
  Arguments: {
    Conditions: [
      {
        Type: 'GreaterThanOrEqualTo',
        LeftValue: {
          'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.Report' }, Path: 'metrics.auc.value' },
        },
        RightValue: { Get: 'Parameters.MinAuc' },
      },
    ],
    IfSteps: [processing('Publish', 'publish.py')],
    ElseSteps: [
      {
        Name: 'TooWeak',
        Type: 'Fail',
        Arguments: { ErrorMessage: { 'Std:Join': { On: ' ', Values: ['AUC below', { Get: 'Parameters.MinAuc' }] } } },
      },
    ],
  },
};

describe('a pipeline execution', () => {
  it('runs the branch that its condition chooses and tells of every change', async () => {
    const name = uniqueName('pipeline');
    const { heard } = await listenToEvents();
    await createPipeline(name, [evaluate, gate]);
    const arn = await start(name, { 'evaluate.py': report(0.8), 'publish.py': idle });
    expect(await ended(arn)).toMatchObject({
      PipelineExecutionStatus: 'Succeeded',
      PipelineExecutionDisplayName: 'run-1',
    });
    expect(
      (await steps(arn)).map((step) => [step.StepName, step.StepStatus, step.Metadata?.Condition?.Outcome]),
    ).toEqual([
      ['Evaluate', 'Succeeded', undefined],
      ['Gate', 'Succeeded', 'True'],
      ['Publish', 'Succeeded', undefined],
    ]);
    const executionId = arn.split('/').at(-1);
    expect(await keysBelow(bucket, `${name}/out/`)).toEqual([`${name}/out/${executionId}/Evaluate/evaluation.json`]);
    const told = await until(
      async () => (await heard()).filter((event) => event.detail.pipelineExecutionArn === arn),
      (events) => events.some((event) => event.detail.currentPipelineExecutionStatus === 'Succeeded'),
    );
    const ofExecution = told.filter((event) => event.detail.currentPipelineExecutionStatus !== undefined);
    expect(ofExecution.map((event) => event.detail.currentPipelineExecutionStatus)).toEqual(['Executing', 'Succeeded']);
    expect(ofExecution.at(-1)).toMatchObject({
      'detail-type': 'SageMaker Model Building Pipeline Execution Status Change',
      detail: { previousPipelineExecutionStatus: 'Executing', pipelineExecutionDisplayName: 'run-1' },
    });
    const ofEvaluate = told.filter((event) => event.detail.stepName === 'Evaluate');
    expect(ofEvaluate.map((event) => event.detail.currentStepStatus)).toEqual(['Starting', 'Executing', 'Succeeded']);
    expect(ofEvaluate.at(-1)?.detail.metadata).toEqual({
      processingJob: { arn: expect.stringContaining(':processing-job/pipelines-') },
    });
  });

  it('fails with the message of its Fail step', async () => {
    const name = uniqueName('pipeline');
    await createPipeline(name, [evaluate, gate]);
    const arn = await start(name, { 'evaluate.py': report(0.5), 'publish.py': idle }, token(), { MinAuc: '0.6' });
    expect(await ended(arn)).toMatchObject({
      PipelineExecutionStatus: 'Failed',
      FailureReason: 'Step failure: One or multiple steps failed.',
    });
    expect((await steps(arn)).at(-1)).toMatchObject({
      StepName: 'TooWeak',
      StepStatus: 'Failed',
      FailureReason: 'AUC below 0.6',
    });
  });

  it('goes on from the failed step when it is retried', async () => {
    const name = uniqueName('pipeline');
    await createPipeline(name, [
      processing('First', 'first.py'),
      processing('Second', 'second.py', { DependsOn: ['First'] }),
    ]);
    const arn = await start(name, { 'first.py': idle, 'second.py': "raise ValueError('not yet')\n" });
    expect((await ended(arn)).PipelineExecutionStatus).toBe('Failed');
    const [first, second] = await steps(arn);
    expect(second?.FailureReason).toContain('not yet');
    await putObject(bucket, `${name}/code/second.py`, idle);
    await sagemaker.send(new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }));
    expect((await ended(arn)).PipelineExecutionStatus).toBe('Succeeded');
    const [firstAgain, secondAgain] = await steps(arn);
    expect(firstAgain).toEqual(first);
    expect(secondAgain).toMatchObject({ StepStatus: 'Succeeded', AttemptCount: 2 });
  });

  it('is stopped together with its job', async () => {
    const name = uniqueName('pipeline');
    await createPipeline(name, [
      processing('Long', 'long.py'),
      processing('Never', 'never.py', { DependsOn: ['Long'] }),
    ]);
    const arn = await start(name, { 'long.py': 'import time\ntime.sleep(60)\n', 'never.py': idle });
    await until(
      () => steps(arn),
      (found) => found[0]?.StepStatus === 'Executing',
    );
    await sagemaker.send(new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }));
    expect((await ended(arn)).PipelineExecutionStatus).toBe('Stopped');
    expect((await steps(arn)).map((step) => [step.StepName, step.StepStatus])).toEqual([['Long', 'Stopped']]);
  });

  it('starts once per token, and refuses the token for other parameters', async () => {
    const name = uniqueName('pipeline');
    const sameToken = token();
    await createPipeline(name, [processing('Only', 'only.py')]);
    const arn = await start(name, { 'only.py': idle }, sameToken);
    expect(await start(name, {}, sameToken)).toBe(arn);
    await expect(start(name, {}, sameToken, { MinAuc: '0.9' })).rejects.toMatchObject({ name: 'ConflictException' });
    const { PipelineParameters } = await sagemaker.send(
      new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn: arn }),
    );
    expect(PipelineParameters).toContainEqual({ Name: 'Count', Value: '1' });
    await ended(arn);
  });

  it('fails the step with the words of the API when its arguments are refused', async () => {
    const name = uniqueName('pipeline');
    await createPipeline(name, [processing('Only', 'only.py')]);
    const arn = await start(name, { 'only.py': idle }, token(), { Count: '0' });
    expect((await ended(arn)).PipelineExecutionStatus).toBe('Failed');
    expect((await steps(arn))[0]?.FailureReason).toBe(
      "ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: 1 validation error detected: Value '0' at 'processingResources.clusterConfig.instanceCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  });
});

describe('a pipeline', () => {
  it('has one name, takes its definition from S3, and keeps the definition of each execution', async () => {
    const name = uniqueName('Pipeline');
    await putObject(bucket, `${name}/pipeline.json`, definition([processing('Only', 'only.py')]));
    await sagemaker.send(
      new CreatePipelineCommand({
        PipelineName: name,
        RoleArn: roleArn,
        ClientRequestToken: token(),
        PipelineDefinitionS3Location: { Bucket: bucket, ObjectKey: `${name}/pipeline.json` },
      }),
    );
    await expect(createPipeline(name, [processing('Only', 'only.py')])).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('already exists'),
    });
    const arn = await start(name, { 'only.py': idle });
    const changed = definition([processing('Other', 'only.py')]);
    await sagemaker.send(new UpdatePipelineCommand({ PipelineName: name, PipelineDefinition: changed }));
    expect((await sagemaker.send(new DescribePipelineCommand({ PipelineName: name }))).PipelineDefinition).toBe(
      changed,
    );
    const kept = await sagemaker.send(new DescribePipelineDefinitionForExecutionCommand({ PipelineExecutionArn: arn }));
    expect(kept.PipelineDefinition).toContain('"Only"');
    expect((await ended(arn)).PipelineExecutionStatus).toBe('Succeeded');
  });

  it('is refused, in words, when a step has a type that cannot run or depends on nothing known', async () => {
    const transform = { Name: 'All', Type: 'Transform', Arguments: {} };
    await expect(createPipeline(uniqueName('pipeline'), [transform])).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("Step 'All' has the type 'Transform'"),
    });
    await expect(
      createPipeline(uniqueName('pipeline'), [processing('A', 'a.py', { DependsOn: ['B'] })]),
    ).rejects.toMatchObject({
      message: expect.stringContaining("depends on 'B'"),
    });
  });

  it('that does not exist is ResourceNotFound', async () => {
    await expect(sagemaker.send(new DescribePipelineCommand({ PipelineName: 'nowhere' }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
  });
});
