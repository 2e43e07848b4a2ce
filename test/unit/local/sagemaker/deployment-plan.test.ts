import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import fc from 'fast-check';
import type { Checked } from '../../../../local/sagemaker/api/checked.ts';
import { requireDeployable, requireSameVariants } from '../../../../local/sagemaker/serving/check-deployment-config.ts';
import { planDeployment } from '../../../../local/sagemaker/serving/deployment-plan.ts';

type Config = Checked<DeploymentConfig>;
type Routing = NonNullable<Config['BlueGreenUpdatePolicy']>['TrafficRoutingConfiguration'];

const percent = (Value: number) => ({ Type: 'CAPACITY_PERCENT' as const, Value });
const count = (Value: number) => ({ Type: 'INSTANCE_COUNT' as const, Value });
const fleet = (instances: number) => [{ name: 'AllTraffic', instances }];
const blueGreen = (routing: Partial<Routing>, more = {}): Config => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 600, ...routing },
    TerminationWaitInSeconds: 300,
    ...more,
  },
});
const rolling = (MaximumBatchSize: ReturnType<typeof count | typeof percent>, more = {}): Config => ({
  RollingUpdatePolicy: { MaximumBatchSize, WaitIntervalInSeconds: 60, ...more },
});

function stepsOf(config: Config | undefined, instances: number): unknown[] {
  return planDeployment(config, fleet(instances)).steps.map(({ portions, capacity, bakeSeconds, bakeOf }) => {
    const { share, instances: shown } = portions.get('AllTraffic') ?? { share: 0, instances: 0 };
    return [Number(share.toFixed(3)), shown, capacity, bakeSeconds, bakeOf];
  });
}

describe('the steps of a deployment', () => {
  it('are one without a wait where nothing is said', () => {
    expect(stepsOf(undefined, 3)).toEqual([[1, 3, 'full', 0, 'TerminationWaitInSeconds']]);
  });

  it('are a canary and the rest, each with its own bake', () => {
    expect(stepsOf(blueGreen({ CanarySize: count(1) }), 4)).toEqual([
      [0.25, 1, 'canary', 600, 'WaitIntervalInSeconds'],
      [1, 4, 'full', 300, 'TerminationWaitInSeconds'],
    ]);
  });

  it('give a canary in percent that share of the calls, whatever the instance count', () => {
    expect(stepsOf(blueGreen({ CanarySize: percent(10) }), 2)[0]).toEqual([
      0.1,
      1,
      'canary',
      600,
      'WaitIntervalInSeconds',
    ]);
  });

  it('are equal ones of a linear deployment; three of 33 % are the whole', () => {
    expect(
      stepsOf(blueGreen({ Type: 'LINEAR', LinearStepSize: percent(33) }), 3).map((step) => [step].flat(1)),
    ).toEqual([
      [0.33, 1, 'batch', 600, 'WaitIntervalInSeconds'],
      [0.66, 2, 'batch', 600, 'WaitIntervalInSeconds'],
      [1, 3, 'full', 300, 'TerminationWaitInSeconds'],
    ]);
  });

  it('are batches of whole instances in a rolling deployment, the last one baked too', () => {
    expect(stepsOf(rolling(percent(33)), 3)).toEqual([
      [0.333, 1, 'batch', 60, 'WaitIntervalInSeconds'],
      [0.667, 2, 'batch', 60, 'WaitIntervalInSeconds'],
      [1, 3, 'full', 60, 'WaitIntervalInSeconds'],
    ]);
  });

  it('are one, unguarded, for instances that deployment guardrails do not know', () => {
    const config = {
      ...blueGreen({ CanarySize: percent(10) }),
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] },
    };
    const plan = planDeployment(config, fleet(2), ['ml.inf1.xlarge']);
    expect(plan.steps).toHaveLength(1);
    expect(plan.alarms).toEqual([]);
  });

  it('grow to the whole fleet, whatever the size', () => {
    const sizes = fc.oneof(fc.integer({ min: 10, max: 50 }).map(percent), fc.integer({ min: 1, max: 8 }).map(count));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 12 }), fc.boolean(), (size, instances, linear) => {
        const config = linear ? blueGreen({ Type: 'LINEAR', LinearStepSize: size }) : rolling(size);
        const steps = planDeployment(config, fleet(instances)).steps.map(({ portions }) => portions.get('AllTraffic'));
        const shares = steps.map((portion) => portion?.share ?? 0);
        expect(shares).toEqual([...shares].sort((one, other) => one - other));
        expect(steps.at(-1)).toEqual({ share: 1, instances });
        for (const portion of steps) expect(portion?.instances).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('a deployment config', () => {
  it.each<[string, Config, number]>([
    ['only one of', { ...blueGreen({ CanarySize: percent(10) }), ...rolling(percent(10)) }, 4],
    ['CanarySize is required', blueGreen({}), 4],
    ['LinearStepSize is required', blueGreen({ Type: 'LINEAR' }), 4],
    ["CanarySize can't be specified", blueGreen({ Type: 'ALL_AT_ONCE', CanarySize: percent(10) }), 4],
    ['less than or equal to 50%', blueGreen({ CanarySize: percent(51) }), 4],
    ['less than or equal to 50%', blueGreen({ CanarySize: count(3) }), 4],
    ['less than or equal to 50%', blueGreen({ CanarySize: count(1) }), 1],
    ['10-50%', blueGreen({ Type: 'LINEAR', LinearStepSize: percent(9) }), 4],
    ['5-50%', rolling(percent(4)), 4],
    ['5-50%', rolling(count(3)), 4],
    ['less than or equal to 100%', rolling(count(1), { RollbackMaximumBatchSize: count(5) }), 4],
    [
      'larger than the total waiting time of the deployment, 900 seconds',
      blueGreen({ CanarySize: percent(10) }, { MaximumExecutionTimeoutInSeconds: 900 }),
      4,
    ],
  ])('is refused with "%s"', (words, config, instances) => {
    expect(() => requireDeployable(config, fleet(instances))).toThrow(words);
  });

  it('is refused when it rolls several variants', () => {
    const two = [...fleet(4), { name: 'other', instances: 4 }];
    expect(() => requireDeployable(rolling(percent(25)), two)).toThrow('more than one production variant');
    expect(() => requireDeployable(blueGreen({ CanarySize: percent(25) }), two)).not.toThrow();
  });

  it.each<[Config, number]>([
    [blueGreen({ CanarySize: percent(30) }, { MaximumExecutionTimeoutInSeconds: 1800 }), 1],
    [blueGreen({ Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 }), 1],
    [rolling(percent(50), { RollbackMaximumBatchSize: percent(100), MaximumExecutionTimeoutInSeconds: 600 }), 2],
    [{ AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] } }, 1],
  ])('is taken as the service takes it', (config, instances) => {
    expect(() => requireDeployable(config, fleet(instances))).not.toThrow();
  });

  it('needs the same variants before and after', () => {
    expect(() => requireSameVariants(['a', 'b'], ['b', 'a'])).not.toThrow();
    expect(() => requireSameVariants(['a'], ['a', 'b'])).toThrow('the same variant names');
  });
});
