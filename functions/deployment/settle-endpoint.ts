import { EndpointStateChange } from '../../events/contracts/sagemaker-endpoint-state-change.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { type SettleEndpointDeps, settleEndpoint } from '../../shared/application/settle-endpoint.ts';
import { placeOfEndpointName } from '../../shared/domain/names.ts';
import { type ConsumedEvent, type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

type ConsumeDeps = SettleEndpointDeps & { accountId: string; stage: string };

/** Consumes `SageMaker Endpoint State Change`: a hint to ask SageMaker where an endpoint stands. */
export const consumer: Consumer<typeof EndpointStateChange, ConsumeDeps> = {
  detail: EndpointStateChange,
  run: consume,
};

export const handler = lambdaConsumer(consumer, (environment) => ({
  ...meetingPlace(environment),
  deployments: dynamodbDeployments(environment),
  hosting: sagemakerHosting(),
  accountId: environment.accountId,
  stage: environment.stage,
  now: systemTime,
}));

/** Endpoints of other stages and owners end here too, and another account may put events of that shape on a bus that lets it. */
async function consume(event: ConsumedEvent<EndpointStateChange>, deps: ConsumeDeps): Promise<void> {
  const { EndpointName: endpointName, EndpointStatus: status } = event.detail;
  const place = event.account === deps.accountId ? placeOfEndpointName(deps.stage, endpointName) : undefined;
  const outcome = place === undefined ? 'not-ours' : await settleEndpoint(place.model, place.environment, deps);
  logger.info('endpoint changed', { endpointName, status, outcome });
}
