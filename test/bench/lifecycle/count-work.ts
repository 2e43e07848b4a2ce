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

/** The executions of the stack's workflows that began since then, and the states that they entered. */
export async function workflowSteps(sinceMs: number): Promise<{ executions: number; transitions: number }> {
  const client = new SFNClient({});
  const steps = { executions: 0, transitions: 0 };
  for (const workflow of WORKFLOWS) {
    const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:mlops-local-${workflow}`;
    for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn })) {
      for (const { executionArn, startDate } of executions) {
        if ((startDate?.getTime() ?? 0) < sinceMs) continue;
        steps.executions += 1;
        for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn }))
          steps.transitions += events.filter(isEntered).length;
      }
    }
  }
  return steps;
}

function isEntered({ type }: HistoryEvent): boolean {
  return type?.endsWith('StateEntered') ?? false;
}
