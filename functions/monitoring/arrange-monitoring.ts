import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { cloudwatchAlarms } from '../../shared/adapters/cloudwatch/alarms.ts';
import { cloudwatchMetrics } from '../../shared/adapters/cloudwatch/metrics.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { schedulerSchedules } from '../../shared/adapters/scheduler/schedules.ts';
import { topicArns } from '../../shared/adapters/sns/topic-arns.ts';
import { type ArrangeMonitoringDeps, arrangeMonitoring } from '../../shared/application/arrange-monitoring.ts';
import { withdrawMonitoring } from '../../shared/application/withdraw-monitoring.ts';
import { EnvironmentName, ModelName } from '../../shared/domain/identifiers.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

type ArrangeDeps = ArrangeMonitoringDeps & { deployments: Pick<Deployments, 'listByModel'> };

const Input = z.object({ model: ModelName, environment: EnvironmentName });
const Output = z.object({
  outcome: z.enum(['arranged', 'nothing-live']),
  /** Names of the alarms that watch the environment now. */
  alarms: z.array(z.string()),
});

/** State `ArrangeMonitoring` of endpoint-rollout and endpoint-rollback: schedule, alarms and dashboard of what is live now. */
export const step = defineStep({ input: Input, output: Output, run: arrange });

export const handler = lambdaStep(step, (environment) => ({
  deployments: dynamodbDeployments(environment),
  runs: dynamodbRuns({ table: environment.table, bus: eventbridgeBus(environment) }),
  documents: s3Documents(environment),
  onboarding: onboardingRecords(environment),
  alarms: cloudwatchAlarms(),
  schedules: schedulerSchedules(environment),
  metrics: cloudwatchMetrics(),
  topicArnOf: topicArns(environment),
  stage: environment,
  now: systemTime,
}));

async function arrange(
  { model, environment }: z.output<typeof Input>,
  deps: ArrangeDeps,
): Promise<z.infer<typeof Output>> {
  const deployments = await deps.deployments.listByModel(model);
  const deployment = deployments.find((known) => known.environment === environment);
  if (deployment?.live === undefined) {
    await withdrawMonitoring(model, environment, deps);
    return { outcome: 'nothing-live', alarms: [] };
  }
  const { watched } = await arrangeMonitoring({ ...deployment, live: deployment.live }, deployments, deps);
  return { outcome: 'arranged', alarms: watched };
}
