import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { TaskTokens } from '../../ports/task-tokens.ts';
import { stepFunctionsClient } from '../aws/step-functions-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

/** Limits of SendTaskFailure. */
const MAX_ERROR_CHARACTERS = 256;
const MAX_CAUSE_CHARACTERS = 32_768;

async function orGone(answer: () => Promise<unknown>): Promise<'answered' | 'gone'> {
  try {
    await asFaults('Answering a waiting task', answer);
    return 'answered';
  } catch (error) {
    // Step Functions says both of a task that was answered before: the token has been used or has expired.
    if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist')) return 'gone';
    throw error;
  }
}

/** `answerTask` and `failTask` are what a waiting step answers its own task with. */
export function stepFunctionsTaskTokens(): TaskTokens & {
  answerTask: (taskToken: string, output: Record<string, unknown>) => Promise<void>;
  failTask: (taskToken: string, name: string, message: string) => Promise<void>;
} {
  const client = stepFunctionsClient();
  const fail: TaskTokens['fail'] = (taskToken, name, message) =>
    orGone(() =>
      client.send(
        new SendTaskFailureCommand({
          taskToken,
          error: name.slice(0, MAX_ERROR_CHARACTERS),
          cause: message.slice(0, MAX_CAUSE_CHARACTERS),
        }),
      ),
    );
  const succeed: TaskTokens['succeed'] = (taskToken, output) =>
    orGone(() => client.send(new SendTaskSuccessCommand({ taskToken, output: canonicalJson(output) })));
  return {
    succeed,
    fail,
    async answerTask(taskToken, output) {
      await succeed(taskToken, output);
    },
    async failTask(taskToken, name, message) {
      await fail(taskToken, name, message);
    },
  };
}
