import { systemTime } from '../../shared/adapters/clock.ts';
import { cloudwatchEndpointMetrics } from '../../shared/adapters/cloudwatch/endpoint-metrics.ts';
import { cloudwatchMetrics } from '../../shared/adapters/cloudwatch/metrics.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLatencyReadings } from '../../shared/adapters/dynamodb/latency-readings.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { inParallel } from '../../shared/application/in-parallel.ts';
import { type MeasureLatencyDeps, measureLatency } from '../../shared/application/measure-latency.ts';
import { ServiceUnavailable } from '../../shared/domain/faults.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import { lambdaSchedule } from '../../shared/runtime/lambda-step.ts';
import { logger } from '../../shared/runtime/logger.ts';

export type MeasureLatencyEverywhereDeps = MeasureLatencyDeps & {
  deployments: Pick<Deployments, 'listByModel' | 'listModels'>;
};

/** So many endpoints at a time: four requests each, of the fifty a second that CloudWatch takes. */
const AT_A_TIME = 8;

export const handler = lambdaSchedule(measureLatencyEverywhere, (environment) => {
  const records = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    deployments: dynamodbDeployments(environment),
    runs: dynamodbRuns(records),
    readings: dynamodbLatencyReadings(records),
    documents: s3Documents(environment),
    endpointMetrics: cloudwatchEndpointMetrics(),
    metrics: cloudwatchMetrics(),
    stage: environment,
    now: systemTime,
  };
});

/**
 * Every five minutes: how every live endpoint answers whose policy has an objective.
 * @throws ServiceUnavailable when some could not be measured, so that the function's errors show it
 */
export async function measureLatencyEverywhere(deps: MeasureLatencyEverywhereDeps): Promise<void> {
  const deployments = await Promise.all(
    (await deps.deployments.listModels()).map((model) => deps.deployments.listByModel(model)),
  );
  const failures = await inParallel(deployments.flat(), AT_A_TIME, async (deployment) => {
    const outcome = await measureLatency(deployment, deps);
    logger.info('latency', { endpointName: deployment.endpointName, outcome });
  });
  for (const { element, error } of failures)
    logger.error('latency could not be measured', {
      endpointName: element.endpointName,
      error: error instanceof Error ? error : String(error),
    });
  if (failures.length === 0) return;
  throw new ServiceUnavailable(
    `${countOf(failures.length, 'endpoint')} could not be measured; the next run tries again.`,
  );
}
