import { Fault, type StandingFault } from '../../../../local/sagemaker/admin/faults/fault.ts';
import { Faults } from '../../../../local/sagemaker/admin/faults/faults.ts';

function faultsWith(fault: unknown, random = () => 0.5): Faults {
  let count = 0;
  const faults = new Faults(() => `fault-${++count}`, random);
  const parsed = Fault.parse(fault);
  if (parsed.kind !== 'kill-worker') faults.add(parsed satisfies StandingFault);
  return faults;
}
const create = (faults: Faults, effects: string[] = []) =>
  faults.around('CreateModel', async () => {
    effects.push('created');
    return 'arn';
  });

describe('a fault on demand', () => {
  it('throttles an operation so many times, before it has an effect, and no other operation', async () => {
    const faults = faultsWith({ kind: 'throttle', operation: 'CreateModel', times: 2 });
    const effects: string[] = [];
    await expect(faults.around('ListModels', async () => 'models')).resolves.toBe('models');
    for (let time = 0; time < 2; time += 1)
      await expect(create(faults, effects)).rejects.toMatchObject({ name: 'ThrottlingException', status: 400 });
    await expect(create(faults, effects)).resolves.toBe('arn');
    expect(effects).toEqual(['created']);
    expect(faults.all()).toEqual([]);
  });

  it('strikes the share of times that it is told to', async () => {
    const draws = [0.1, 0.9, 0.29, 0.3];
    const faults = faultsWith({ kind: 'throttle', operation: 'CreateModel', share: 0.3 }, () => draws.shift() ?? 1);
    const outcomes = await Promise.allSettled([create(faults), create(faults), create(faults), create(faults)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(faults.all()).toMatchObject([{ id: 'fault-1', struck: 2 }]);
  });

  it.each([
    ['error', 'InternalFailure'],
    ['cut', 'ConnectionCut'],
  ])('fails an operation once after its effect: %s', async (how, name) => {
    const faults = faultsWith({ kind: 'fail-after-effect', operation: 'CreateModel', how });
    const effects: string[] = [];
    await expect(create(faults, effects)).rejects.toMatchObject({ name });
    expect(effects).toEqual(['created']);
    await expect(create(faults, effects)).resolves.toBe('arn');
  });

  it('is not used up by an operation that fails by itself', async () => {
    const faults = faultsWith({ kind: 'fail-after-effect', operation: 'CreateModel' });
    await expect(faults.around('CreateModel', () => Promise.reject(new Error('own')))).rejects.toThrow('own');
    expect(faults.all()).toHaveLength(1);
  });

  it('changes the answers of one variant, or of all of an endpoint', async () => {
    const one = faultsWith({ kind: 'variant', endpoint: 'e', variant: 'canary', status: 503 });
    expect(await one.onInvocation('e', 'canary')).toBe(503);
    expect(await one.onInvocation('e', 'main')).toBeUndefined();
    expect(await one.onInvocation('other', 'canary')).toBeUndefined();
    const all = faultsWith({ kind: 'variant', endpoint: 'e', delayMs: 1 });
    expect(await all.onInvocation('e', 'main')).toBeUndefined();
    expect(all.all()).toMatchObject([{ struck: 1 }]);
  });

  it('refuses capacity in the words of the service, for a type or for all', () => {
    const some = faultsWith({ kind: 'capacity', for: 'training', instanceType: 'ml.m5.large' });
    expect(() => some.requireJobCapacity('training', 'ml.m5.large')).toThrow(
      'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.',
    );
    expect(() => some.requireJobCapacity('training', 'ml.m5.xlarge')).not.toThrow();
    expect(() => some.requireJobCapacity('processing', 'ml.m5.large')).not.toThrow();
    const endpoint = faultsWith({ kind: 'capacity', for: 'endpoint', times: 1 });
    expect(() => endpoint.requireEndpointCapacity(['ml.m5.large'])).toThrow('InsufficientInstanceCapacity');
    expect(() => endpoint.requireEndpointCapacity(['ml.m5.large'])).not.toThrow();
  });

  it.each([
    ['an unknown kind', { kind: 'explode' }],
    ['an unknown operation', { kind: 'throttle', operation: 'CreateEverything' }],
    ['an operation that has no effect here', { kind: 'fail-after-effect', operation: 'InvokeEndpoint' }],
    ['a share above 1', { kind: 'throttle', operation: 'CreateModel', share: 2 }],
    ['a variant that is to do nothing', { kind: 'variant', endpoint: 'e' }],
    ['a member that it does not have', { kind: 'capacity', for: 'training', often: 3 }],
  ])('is refused for %s', (_what, fault) => {
    expect(Fault.safeParse(fault).success).toBe(false);
  });
});
