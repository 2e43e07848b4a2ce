import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountQuotas } from '../../../../local/sagemaker/quotas.ts';
import { pendingOf, requireEndpointQuota } from '../../../../local/sagemaker/serving/deploy-endpoint.ts';
import { openStore, type Store } from '../../../../local/sagemaker/state/store.ts';

let folder: string;
let world: { store: Store; quotas: AccountQuotas };
const at = new Date();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'endpoint-quota-'));
  const quotas = new AccountQuotas(folder, '{"ml.m5.large for endpoint usage": 3}');
  world = { store: openStore(folder), quotas };
});
afterEach(() => rmSync(folder, { recursive: true }));

function deployment(instances: number) {
  const variant = { VariantName: 'main', ModelName: 'flights', InstanceType: 'ml.m5.large' as const };
  const counts = { currentCount: instances, desiredCount: instances, currentWeight: 1, desiredWeight: 1 };
  const container = { image: 'python:3', environment: {} };
  return { configName: 'flights', variants: [{ variant, container, ...counts }] };
}

describe('the quota of endpoints', () => {
  it.each([
    ['being created', { status: 'Creating' as const, pending: pendingOf(deployment(2), at) }],
    ['growing', { status: 'Updating' as const, live: deployment(1), pending: pendingOf(deployment(2), at) }],
    ['shrinking', { status: 'Updating' as const, live: deployment(2), pending: pendingOf(deployment(1), at) }],
  ])('counts one that is %s with the most that it has or will have', (_state, state) => {
    const times = { createdAt: at, modifiedAt: at };
    world.store.endpoints.put('a', { name: 'a', arn: 'arn:a', firstConfigName: 'flights', ...times, ...state });
    expect(() => requireEndpointQuota(world, deployment(1), [])).not.toThrow();
    expect(() => requireEndpointQuota(world, deployment(2), [])).toThrow(
      'with current utilization of 2 Instances and a request delta of 2 Instances',
    );
  });
});
