import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { ContractBroken } from '../../domain/faults.ts';
import { stepFunctionsClient } from '../aws/step-functions-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

export type WorkflowPlace = { region: string; accountId: string; stage: string };

/**
 * Executions of one workflow, each started once per name. The workflow's ARN follows from its fixed name, so that no function
 * depends on the state machine that invokes it.
 */
export function namedExecutions({ region, accountId, stage }: WorkflowPlace, workflow: string) {
  const client = stepFunctionsClient();
  const name = `mlops-${stage}-${workflow}`;
  const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
  const executionArnOf = (execution: string) => `arn:aws:states:${region}:${accountId}:execution:${name}:${execution}`;

  async function describe(execution: string) {
    try {
      return await asFaults(`Describing execution ${execution}`, () =>
        client.send(new DescribeExecutionCommand({ executionArn: executionArnOf(execution) })),
      );
    } catch (error) {
      if (isNamed(error, 'ExecutionDoesNotExist')) return undefined;
      throw error;
    }
  }

  /** A closed execution, or (with some engines) an open one, of the same name refuses the start: it has been started. */
  async function checkSameInput(execution: string, input: string): Promise<void> {
    const existing = await describe(execution);
    if (existing?.input !== undefined && existing.input !== input) {
      throw new ContractBroken(
        `The execution ${execution} was started with another input. A new attempt needs a new name.`,
      );
    }
  }

  return {
    async start(execution: string, workflowInput: Record<string, unknown>): Promise<void> {
      const input = canonicalJson(workflowInput);
      try {
        await asFaults(`Starting execution ${execution}`, () =>
          client.send(new StartExecutionCommand({ stateMachineArn, name: execution, input })),
        );
      } catch (error) {
        if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
        await checkSameInput(execution, input);
      }
    },

    /** `undefined` when there is no execution of that name. */
    async status(execution: string) {
      const status = (await describe(execution))?.status;
      return status === 'PENDING_REDRIVE' ? ('RUNNING' as const) : status;
    },
  };
}
