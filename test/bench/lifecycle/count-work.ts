import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type HistoryEvent, paginateGetExecutionHistory, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { accountId, region } from '../../../local/world/environment.ts';

const WORKFLOWS = ['model-lifecycle', 'endpoint-rollout'];

/** How often each function of the stack was invoked since then, the busiest first: Lambda begins each in its log. */
export async function invocations(startTime: number): Promise<number[]> {
  const client = new CloudWatchLogsClient({});
  const counts: number[] = [];
  const stack = { logGroupNamePrefix: '/aws/lambda/mlops-local-' };
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, stack)) {
    for (const { logGroupName } of logGroups) {
      let count = 0;
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, startTime }))
        count += events.filter(({ message }) => message?.startsWith('START RequestId')).length;
      if (count > 0) counts.push(count);
    }
  }
  return counts.toSorted((a, b) => b - a);
}

/** States that the workflows of the stack entered, in executions that began since then. */
export async function stateTransitions(sinceMs: number): Promise<number> {
  const client = new SFNClient({});
  let entered = 0;
  for (const workflow of WORKFLOWS) {
    const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:mlops-local-${workflow}`;
    for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn })) {
      for (const { executionArn, startDate } of executions) {
        if ((startDate?.getTime() ?? 0) < sinceMs) continue;
        for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn }))
          entered += events.filter(isEntered).length;
      }
    }
  }
  return entered;
}

function isEntered({ type }: HistoryEvent): boolean {
  return type?.endsWith('StateEntered') ?? false;
}
