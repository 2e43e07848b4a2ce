import { paginateListPipelineExecutions, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { accountId, region } from '../../local/world/environment.ts';

export async function executionNamesOf(workflow: 'model-lifecycle' | 'endpoint-rollout'): Promise<string[]> {
  const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:mlops-local-${workflow}`;
  const names: string[] = [];
  for await (const page of paginateListExecutions({ client: new SFNClient({}) }, { stateMachineArn })) {
    names.push(...(page.executions ?? []).map(({ name }) => name ?? ''));
  }
  return names;
}

/** The executions of the SageMaker pipeline of this execution that belong to this run: one for each training. */
export async function trainingsOf(runId: string, pipelineExecutionArn: string): Promise<string[]> {
  const [, PipelineName] = /:pipeline\/([^/]+)\/execution\//.exec(pipelineExecutionArn) ?? [];
  const names: string[] = [];
  for await (const page of paginateListPipelineExecutions({ client: new SageMakerClient({}) }, { PipelineName })) {
    names.push(...(page.PipelineExecutionSummaries ?? []).map((each) => each.PipelineExecutionDisplayName ?? ''));
  }
  return names.filter((name) => name.startsWith(runId));
}
