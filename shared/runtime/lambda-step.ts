import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod';
import { ContractBroken } from '../domain/faults.ts';
import type { Environment } from './environment.ts';
import { logger } from './logger.ts';
import { onceBuilt } from './once-built.ts';

/** A step of a workflow: what goes in, what comes out, and what it does with what it is given. */
export type Step<Input extends z.ZodType, Output extends z.ZodType, Dependencies> = {
  input: Input;
  output: Output;
  run: (input: z.output<Input>, dependencies: Dependencies) => Promise<z.input<Output>>;
};

export function defineStep<Input extends z.ZodType, Output extends z.ZodType, Dependencies>(
  step: Step<Input, Output, Dependencies>,
): Step<Input, Output, Dependencies> {
  return step;
}

/** @throws ContractBroken naming what is wrong with the value */
export function parseOrBreak<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ContractBroken(`${what} is not as agreed: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Makes the Lambda of a workflow's Task: parses the input and the output, and gives faults their names. */
export function lambdaStep<Input extends z.ZodType, Output extends z.ZodType, Dependencies>(
  step: Step<Input, Output, Dependencies>,
  build: (environment: Environment) => Dependencies,
) {
  const dependencies = onceBuilt(build);
  return middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event: unknown) => {
      const input = parseOrBreak(step.input, event, 'The input of the step');
      const output = await step.run(input, dependencies());
      return parseOrBreak(step.output, output, 'The output of the step');
    });
}

/** What a waiting step needs beside its own dependencies: the way to fail its task. */
export type FailsTask = { failTask: (taskToken: string, name: string, message: string) => Promise<void> };

/** And the way to answer it where nothing is to be waited for; the token is then never kept. */
export type AnswersTask = FailsTask & {
  answerTask: (taskToken: string, output: Record<string, unknown>) => Promise<void>;
};

/**
 * Makes the Lambda of a Task that waits for a token (`.waitForTaskToken`). Nobody else would answer the token if this function
 * failed, so it reports its own fault by it.
 */
export function lambdaWaitStep<Input extends z.ZodType<{ taskToken: string }>, Dependencies extends FailsTask>(
  step: Step<Input, z.ZodVoid, Dependencies>,
  build: (environment: Environment) => Dependencies,
) {
  const dependencies = onceBuilt(build);
  return middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event: unknown) => {
      const input = parseOrBreak(step.input, event, 'The input of the step');
      try {
        await step.run(input, dependencies());
      } catch (error) {
        const fault = error instanceof Error ? error : new Error(String(error));
        logger.error('the step failed and answers its own task', { error: fault });
        await dependencies().failTask(input.taskToken, fault.name, fault.message.slice(0, 2000));
      }
    });
}

/** Makes the Lambda of a schedule: no input, nothing to answer. */
export function lambdaSchedule<Dependencies>(
  run: (dependencies: Dependencies) => Promise<void>,
  build: (environment: Environment) => Dependencies,
) {
  const dependencies = onceBuilt(build);
  return middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async () => run(dependencies()));
}
