import type { TaskTokens } from '../../shared/ports/task-tokens.ts';

export type TaskAnswer = { output: Record<string, unknown> } | { fault: { name: string; message: string } };
export type FakeTaskTokens = TaskTokens & {
  answers: Map<string, TaskAnswer>;
  /** The next answer is lost before it reaches the workflow. */
  loseNext: () => void;
  answerTask: (taskToken: string, output: Record<string, unknown>) => Promise<void>;
  failTask: (taskToken: string, name: string, message: string) => Promise<void>;
};

/** Answers a token once, as Step Functions does; a second answer finds the task gone. */
export function fakeTaskTokens(): FakeTaskTokens {
  const answers = new Map<string, TaskAnswer>();
  let losing = false;
  const answer = (taskToken: string, given: TaskAnswer): 'answered' | 'gone' => {
    if (losing) {
      losing = false;
      throw new Error('The connection was lost.');
    }
    if (answers.has(taskToken)) return 'gone';
    answers.set(taskToken, given);
    return 'answered';
  };
  return {
    answers,
    loseNext: () => {
      losing = true;
    },
    succeed: async (taskToken, output) => answer(taskToken, { output }),
    fail: async (taskToken, name, message) => answer(taskToken, { fault: { name, message } }),
    answerTask: async (taskToken, output) => {
      answer(taskToken, { output });
    },
    failTask: async (taskToken, name, message) => {
      answer(taskToken, { fault: { name, message } });
    },
  };
}
