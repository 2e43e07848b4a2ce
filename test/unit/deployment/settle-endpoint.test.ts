import { describe, expect, it } from '@jest/globals';
import { EndpointStateChange } from '../../../events/contracts/sagemaker-endpoint-state-change.ts';
import { consumer } from '../../../functions/deployment/settle-endpoint.ts';
import { endpointNameOf, placeOfEndpointName } from '../../../shared/domain/names.ts';
import { rolloutWorld } from './rollout-world.ts';

function eventOf(endpointName: string, account = '000000000000') {
  const detail = EndpointStateChange.parse({ EndpointName: endpointName, EndpointStatus: 'IN_SERVICE' });
  return { source: 'aws.sagemaker', account, detailType: 'SageMaker Endpoint State Change', detail };
}

async function arrived() {
  const w = await rolloutWorld();
  await w.rollOut();
  w.deps.hosting.settle(w.endpointName('dev'));
  const hear = (name: string, account?: string) =>
    consumer.run(eventOf(name, account), { ...w.deps, accountId: '000000000000', stage: 'test' });
  return { ...w, hear };
}

describe('an event of an endpoint', () => {
  it('wakes the roll-out that waits for it, however often it comes', async () => {
    const w = await arrived();
    await w.hear(w.endpointName('dev'));
    await w.hear(w.endpointName('dev'));
    expect(w.answer('move')).toMatchObject({ output: { outcome: 'in-service' } });
  });

  it.each([
    ['of another account', 'mlops-test-flight-delays-dev', '111111111111'],
    ['of another stage', 'mlops-prod-flight-delays-dev', '000000000000'],
    ['of an endpoint that is not ours', 'their-endpoint', '000000000000'],
  ])('is left alone when it is %s', async (_what, name, account) => {
    const w = await arrived();
    await w.hear(name, account);
    expect(w.answer('move')).toBeUndefined();
  });

  it('names model and environment as the endpoint was named', () => {
    const name = endpointNameOf('test', 'flight-delays', 'prod');
    expect(placeOfEndpointName('test', name)).toEqual({ model: 'flight-delays', environment: 'prod' });
    expect(placeOfEndpointName('tes', name)).toBeUndefined();
  });
});
