import * as z from 'zod';
import { cloudwatchAlarms } from '../../shared/adapters/cloudwatch/alarms.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { schedulerSchedules } from '../../shared/adapters/scheduler/schedules.ts';
import { type RetireEndpointDeps, retireEndpoint } from '../../shared/application/retire-endpoint.ts';
import { EnvironmentName, ModelName } from '../../shared/domain/identifiers.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

const Input = z.object({ model: ModelName, environment: EnvironmentName });
const Output = z.object({ outcome: z.enum(['withdrawn', 'still-there']) });

/** State `WithdrawMonitoring` of monitor-window: a schedule that outlived its endpoint goes, and its alarms with it. */
export const step = defineStep({ input: Input, output: Output, run: withdraw });

export const handler = lambdaStep(step, (environment) => ({
  alarms: cloudwatchAlarms(),
  schedules: schedulerSchedules(environment),
  hosting: sagemakerHosting(),
  stage: environment,
}));

async function withdraw(
  { model, environment }: z.output<typeof Input>,
  deps: RetireEndpointDeps,
): Promise<z.infer<typeof Output>> {
  return { outcome: await retireEndpoint(model, environment, deps) };
}
