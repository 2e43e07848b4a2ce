import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { ContractBroken } from '../../domain/faults.ts';
import type { Executions } from '../../ports/executions.ts';
import { stepFunctionsClient } from '../aws/step-functions-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

type Place = { region: string; accountId: string; stage: string };

/** The workflow's ARN follows from its fixed name, so that no function depends on the state machine that invokes it. */
export function stepFunctionsExecutions({ region, accountId, stage }: Place): Executions {
  const client = stepFunctionsClient();
  const name = `mlops-${stage}-model-lifecycle`;
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
    async startLifecycle(execution, lifecycleInput) {
      const input = canonicalJson(lifecycleInput);
      try {
        await asFaults(`Starting execution ${execution}`, () =>
          client.send(new StartExecutionCommand({ stateMachineArn, name: execution, input })),
        );
      } catch (error) {
        if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
        await checkSameInput(execution, input);
      }
    },

    async lifecycleStatus(execution) {
      const status = (await describe(execution))?.status;
      return status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
    },
  };
}
