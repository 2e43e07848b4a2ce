import {
  CreatePipelineCommand,
  DescribePipelineCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
  ListPipelineParametersForExecutionCommand,
  ListPipelinesCommand,
  ListPipelineVersionsCommand,
  type SelectiveExecutionConfig,
  StartPipelineExecutionCommand,
  UpdatePipelineCommand,
  UpdatePipelineExecutionCommand,
  UpdatePipelineVersionCommand,
} from '@aws-sdk/client-sagemaker';
import { roleArn, sagemaker, token, uniqueName, until } from './clients.ts';

/** A step without a job, so that an execution ends at once. */
const compare = (name: string, ...dependsOn: string[]) => ({
  Name: name,
  Type: 'Condition',
  DependsOn: dependsOn,
  Arguments: {
    Conditions: [{ Type: 'Equals', LeftValue: { Get: 'Parameters.Colour' }, RightValue: 'red' }],
    IfSteps: [],
    ElseSteps: [],
  },
});

const definition = JSON.stringify({
  Version: '2020-12-01',
  Parameters: [{ Name: 'Colour', Type: 'String', DefaultValue: 'green' }],
  Steps: [compare('First'), compare('Second', 'First'), compare('Third', 'Second')],
});

async function newPipeline(): Promise<string> {
  const name = uniqueName('pipeline');
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName: name,
      RoleArn: roleArn,
      ClientRequestToken: token(),
      PipelineDefinition: definition,
    }),
  );
  return name;
}

async function start(name: string, selection?: SelectiveExecutionConfig, colour?: string): Promise<string> {
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: name,
      ClientRequestToken: token(),
      ...(selection === undefined ? {} : { SelectiveExecutionConfig: selection }),
      ...(colour === undefined ? {} : { PipelineParameters: [{ Name: 'Colour', Value: colour }] }),
    }),
  );
  return PipelineExecutionArn ?? '';
}

function ended(arn: string) {
  return until(
    () => sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn })),
    (execution) => execution.PipelineExecutionStatus !== 'Executing',
  );
}

const selected = (...names: string[]) => names.map((StepName) => ({ StepName }));

describe('the versions of a pipeline', () => {
  it('are listed with their last execution, the newest first, and can be named', async () => {
    const name = await newPipeline();
    const arn = await start(name);
    await ended(arn);
    const { PipelineArn, PipelineVersionId } = await sagemaker.send(
      new UpdatePipelineCommand({ PipelineName: name, PipelineDefinition: definition }),
    );
    expect(PipelineVersionId).toBe(2);
    await sagemaker.send(
      new UpdatePipelineVersionCommand({
        PipelineArn,
        PipelineVersionId: 1,
        PipelineVersionDisplayName: 'first-try',
        PipelineVersionDescription: 'kept for comparison',
      }),
    );
    const { PipelineVersionSummaries } = await sagemaker.send(new ListPipelineVersionsCommand({ PipelineName: name }));
    expect(PipelineVersionSummaries).toMatchObject([
      { PipelineArn, PipelineVersionId: 2 },
      { PipelineVersionId: 1, PipelineVersionDisplayName: 'first-try', LastExecutionPipelineExecutionArn: arn },
    ]);
    expect(
      await sagemaker.send(new DescribePipelineCommand({ PipelineName: name, PipelineVersionId: 1 })),
    ).toMatchObject({ PipelineVersionDisplayName: 'first-try', PipelineVersionDescription: 'kept for comparison' });
    await expect(
      sagemaker.send(new UpdatePipelineVersionCommand({ PipelineArn, PipelineVersionId: 9 })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});

describe('an execution', () => {
  it('can be given another name, description and parallelism', async () => {
    const arn = await start(await newPipeline());
    await sagemaker.send(
      new UpdatePipelineExecutionCommand({
        PipelineExecutionArn: arn,
        PipelineExecutionDisplayName: 'renamed',
        PipelineExecutionDescription: 'looked at',
        ParallelismConfiguration: { MaxParallelExecutionSteps: 3 },
      }),
    );
    expect(await ended(arn)).toMatchObject({
      PipelineExecutionDisplayName: 'renamed',
      PipelineExecutionDescription: 'looked at',
      ParallelismConfiguration: { MaxParallelExecutionSteps: 3 },
    });
  });

  it('of selected steps takes what they need from its source, but no parameters', async () => {
    const name = await newPipeline();
    const source = await start(name, undefined, 'red');
    await ended(source);
    const selection = { SourcePipelineExecutionArn: source, SelectedSteps: selected('Third') };
    const arn = await start(name, selection, 'red');
    expect(await ended(arn)).toMatchObject({
      PipelineExecutionStatus: 'Succeeded',
      SelectiveExecutionConfig: selection,
    });
    const { PipelineExecutionSteps } = await sagemaker.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending' }),
    );
    const takenOver = { SelectiveExecutionResult: { SourcePipelineExecutionArn: source } };
    expect(PipelineExecutionSteps).toMatchObject([
      { StepName: 'First', StepStatus: 'Succeeded', ...takenOver },
      { StepName: 'Second', StepStatus: 'Succeeded', ...takenOver },
      { StepName: 'Third', StepStatus: 'Succeeded', Metadata: { Condition: { Outcome: 'True' } } },
    ]);
    expect(PipelineExecutionSteps?.at(-1)?.SelectiveExecutionResult).toBeUndefined();
    const { PipelineParameters } = await sagemaker.send(
      new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn: await start(name, selection) }),
    );
    expect(PipelineParameters).toEqual([{ Name: 'Colour', Value: 'green' }]);
  });

  it.each([
    ['is no step of this pipeline', selected('Fourth')],
    ['stands between selected steps', selected('First', 'Third')],
    ['name a SourcePipelineExecutionArn', selected('Second')],
  ])('of selected steps is refused when a step %s', async (words, SelectedSteps) => {
    await expect(start(await newPipeline(), { SelectedSteps })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(words),
    });
  });
});

describe('lists of pipelines and executions', () => {
  it('come page by page in the order asked for', async () => {
    const prefix = uniqueName('listed');
    for (const letter of ['b', 'a', 'c']) {
      await sagemaker.send(
        new CreatePipelineCommand({
          PipelineName: `${prefix}-${letter}`,
          RoleArn: roleArn,
          ClientRequestToken: token(),
          PipelineDefinition: definition,
        }),
      );
    }
    const asked = { PipelineNamePrefix: prefix, SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 2 } as const;
    const first = await sagemaker.send(new ListPipelinesCommand(asked));
    const second = await sagemaker.send(new ListPipelinesCommand({ ...asked, NextToken: first.NextToken }));
    const names = [first, second].map((page) => page.PipelineSummaries?.map(({ PipelineName }) => PipelineName));
    expect(names).toEqual([[`${prefix}-a`, `${prefix}-b`], [`${prefix}-c`]]);
    expect(second.NextToken).toBeUndefined();
    await expect(
      sagemaker.send(new ListPipelineExecutionsCommand({ PipelineName: `${prefix}-none` })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});
