import {
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  DescribeTrainingJobCommand,
  ListPipelineExecutionStepsCommand,
  type PipelineExecutionStep,
  type PipelineExecutionStepMetadata,
  type SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { sha256Hex } from '../../domain/canonical-json.ts';
import type { PipelineExecution, TrainingPipelines } from '../../ports/sagemaker.ts';
import { sagemakerClient } from '../aws/sagemaker-client.ts';
import { readLogTail } from './job-log.ts';
import { oneLine } from './one-line.ts';
import { asSagemakerFaults, createOnce, required, tagsOf } from './refusals.ts';

/** Step metadata has exactly one key, which is the step's kind. */
const KINDS: readonly (keyof PipelineExecutionStepMetadata & string)[] = [
  'TrainingJob',
  'ProcessingJob',
  'Condition',
  'Fail',
];
const TYPE_OF_KIND: Readonly<Record<string, string>> = { TrainingJob: 'Training', ProcessingJob: 'Processing' };

/** SageMaker pipelines of this account and region. */
export function sagemakerTrainingPipelines(): TrainingPipelines {
  const client = sagemakerClient();
  return {
    async ensure({ name, definition, roleArn, description, tags }) {
      await createOnce(`Creating pipeline ${name}`, () =>
        client.send(
          new CreatePipelineCommand({
            PipelineName: name,
            PipelineDefinition: definition,
            PipelineDescription: oneLine(description, 3072),
            RoleArn: roleArn,
            ClientRequestToken: sha256Hex(`${name}/${definition}`),
            Tags: tagsOf(tags),
          }),
        ),
      );
    },

    async start({ pipelineName, token, displayName, description, parameters }) {
      const { PipelineExecutionArn } = await asSagemakerFaults(`Starting pipeline ${pipelineName}`, () =>
        client.send(
          new StartPipelineExecutionCommand({
            PipelineName: pipelineName,
            ClientRequestToken: token,
            PipelineExecutionDisplayName: displayName,
            PipelineExecutionDescription: oneLine(description, 3072),
            PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
          }),
        ),
      );
      return { arn: required(PipelineExecutionArn, 'PipelineExecutionArn') };
    },

    async describe(arn) {
      return asSagemakerFaults(`Describing ${arn}`, async (): Promise<PipelineExecution> => {
        const execution = await client.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }));
        return {
          arn,
          displayName: execution.PipelineExecutionDisplayName ?? '',
          status: required(execution.PipelineExecutionStatus, 'PipelineExecutionStatus'),
          ...(execution.FailureReason !== undefined && { failureReason: execution.FailureReason }),
          steps: (await listSteps(client, arn)).map(describeStep),
        };
      });
    },

    async trainingJob(jobArn) {
      const name = jobArn.slice(jobArn.lastIndexOf('/') + 1);
      const job = await asSagemakerFaults(`Describing training job ${name}`, () =>
        client.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
      );
      return {
        artifactUri: required(job.ModelArtifacts?.S3ModelArtifacts, 'ModelArtifacts.S3ModelArtifacts'),
        image: job.AlgorithmSpecification?.TrainingImage ?? '',
      };
    },

    logTail: readLogTail,
  };
}

async function listSteps(client: SageMakerClient, arn: string): Promise<PipelineExecutionStep[]> {
  const steps: PipelineExecutionStep[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending', NextToken }),
    );
    steps.push(...(page.PipelineExecutionSteps ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return steps;
}

function describeStep(step: PipelineExecutionStep): PipelineExecution['steps'][number] {
  const kind = KINDS.find((known) => step.Metadata?.[known] !== undefined);
  const jobArn = step.Metadata?.TrainingJob?.Arn ?? step.Metadata?.ProcessingJob?.Arn;
  return {
    name: step.StepName ?? '',
    type: kind === undefined ? 'unknown' : (TYPE_OF_KIND[kind] ?? kind),
    status: step.StepStatus ?? 'unknown',
    ...(step.FailureReason !== undefined && { failureReason: step.FailureReason }),
    ...(jobArn !== undefined && { jobArn }),
    ...(step.StartTime !== undefined && { startedAt: step.StartTime.toISOString() }),
    ...(step.EndTime !== undefined && { endedAt: step.EndTime.toISOString() }),
  };
}
