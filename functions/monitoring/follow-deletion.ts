import { EndpointStateChange } from '../../events/contracts/sagemaker-endpoint-state-change.ts';
import { cloudwatchAlarms } from '../../shared/adapters/cloudwatch/alarms.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { schedulerSchedules } from '../../shared/adapters/scheduler/schedules.ts';
import { type RetireEndpointDeps, retireEndpoint } from '../../shared/application/retire-endpoint.ts';
import { placeOfEndpointName } from '../../shared/domain/names.ts';
import { type ConsumedEvent, type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

type FollowDeletionDeps = RetireEndpointDeps & { accountId: string };

/** Consumes `SageMaker Endpoint State Change` of endpoints that go: what watched them goes too. */
export const consumer: Consumer<typeof EndpointStateChange, FollowDeletionDeps> = {
  detail: EndpointStateChange,
  run: follow,
};

export const handler = lambdaConsumer(consumer, (environment) => ({
  alarms: cloudwatchAlarms(),
  schedules: schedulerSchedules(environment),
  hosting: sagemakerHosting(),
  stage: environment,
  accountId: environment.accountId,
}));

async function follow(event: ConsumedEvent<EndpointStateChange>, deps: FollowDeletionDeps): Promise<void> {
  const { EndpointName: endpointName } = event.detail;
  const place = event.account === deps.accountId ? placeOfEndpointName(deps.stage.stage, endpointName) : undefined;
  const outcome = place === undefined ? 'not-ours' : await retireEndpoint(place.model, place.environment, deps);
  logger.info('endpoint deleted', { endpointName, outcome });
}
