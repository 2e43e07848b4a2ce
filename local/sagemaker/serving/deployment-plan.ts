import type {
  BlueGreenUpdatePolicy,
  CapacitySize,
  DeploymentConfig,
  RollingUpdatePolicy,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';

/** How much of a variant's new fleet takes traffic. */
export type Portion = { instances: number; share: number };

export type DeploymentStep = {
  portions: Map<string, Portion>;
  /** In the words of the service's own status messages. */
  capacity: 'canary' | 'full' | 'batch';
  bakeSeconds: number;
  /** The member of the request that the wait comes from. */
  bakeOf: 'WaitIntervalInSeconds' | 'TerminationWaitInSeconds';
};

export type DeploymentPlan = {
  /** A rolling deployment ends so many of the old instances as it has started new ones; blue/green keeps the old fleet whole. */
  rolling: boolean;
  steps: DeploymentStep[];
  /** What goes back to the old fleet at a time when a rolling deployment fails. */
  rollbackSize: Checked<CapacitySize> | undefined;
  alarms: string[];
  timeoutSeconds: number | undefined;
};

export type PlannedVariant = { name: string; instances: number };

/** Three steps of 33 % are the whole fleet, as the service's own examples have it. */
const AS_GOOD_AS_WHOLE = 0.99;
const WHOLE: Checked<CapacitySize> = { Type: 'CAPACITY_PERCENT', Value: 100 };
/** These can't be deployed in steps: the service falls back to all at once without baking. */
const WITHOUT_GUARDRAILS = 'ml.inf1.';

/** The steps by which traffic goes to the new fleet. Without a config: all at once, without a wait. */
export function planDeployment(
  config: Checked<DeploymentConfig> | undefined,
  variants: PlannedVariant[],
  instanceTypes: (string | undefined)[] = [],
): DeploymentPlan {
  const guarded = instanceTypes.every((type) => type?.startsWith(WITHOUT_GUARDRAILS) !== true);
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = (guarded ? config : undefined) ?? {};
  return {
    rolling: rolling !== undefined,
    steps: rolling === undefined ? blueGreenSteps(blueGreen, variants) : rollingSteps(rolling, variants),
    rollbackSize: rolling?.RollbackMaximumBatchSize,
    alarms: guarded
      ? (config?.AutoRollbackConfiguration?.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? [])
      : [],
    timeoutSeconds: (blueGreen ?? rolling)?.MaximumExecutionTimeoutInSeconds,
  };
}

function blueGreenSteps(
  policy: Checked<BlueGreenUpdatePolicy> | undefined,
  variants: PlannedVariant[],
): DeploymentStep[] {
  const routing = policy?.TrafficRoutingConfiguration;
  const between = routing?.WaitIntervalInSeconds ?? 0;
  const baking = { bakeSeconds: between, bakeOf: 'WaitIntervalInSeconds' } as const;
  const last = { bakeSeconds: policy?.TerminationWaitInSeconds ?? 0, bakeOf: 'TerminationWaitInSeconds' } as const;
  const full = { portions: portionsOf(WHOLE, 1, variants), capacity: 'full' } as const;
  if (routing?.Type === 'CANARY') {
    const portions = portionsOf(routing.CanarySize ?? WHOLE, 1, variants);
    return [
      { portions, capacity: 'canary', ...baking },
      { ...full, ...last },
    ];
  }
  if (routing?.Type === 'LINEAR') {
    const steps = partialSteps(routing.LinearStepSize ?? WHOLE, variants);
    return [...steps.map((portions) => ({ portions, capacity: 'batch' as const, ...baking })), { ...full, ...last }];
  }
  return between > 0
    ? [
        { ...full, ...baking },
        { ...full, ...last },
      ]
    : [{ ...full, ...last }];
}

function rollingSteps(policy: Checked<RollingUpdatePolicy>, variants: PlannedVariant[]): DeploymentStep[] {
  const baking = { bakeSeconds: policy.WaitIntervalInSeconds, bakeOf: 'WaitIntervalInSeconds' } as const;
  return [
    ...partialSteps(batchOf(policy.MaximumBatchSize, variants), variants).map((portions) => ({
      portions,
      capacity: 'batch' as const,
      ...baking,
    })),
    { portions: portionsOf(WHOLE, 1, variants), capacity: 'full', ...baking },
  ];
}

/** A batch is replaced for good, so it is made of whole instances. There is one variant: others are refused. */
export function batchOf(size: Checked<CapacitySize>, [variant]: PlannedVariant[]): Checked<CapacitySize> {
  if (size.Type === 'INSTANCE_COUNT' || variant === undefined) return size;
  return { Type: 'INSTANCE_COUNT', Value: Math.max(1, Math.floor((size.Value * variant.instances) / 100)) };
}

/** Every step but the one that completes the fleet. */
function partialSteps(size: Checked<CapacitySize>, variants: PlannedVariant[]): Map<string, Portion>[] {
  const steps: Map<string, Portion>[] = [];
  for (let count = 1; ; count += 1) {
    const portions = portionsOf(size, count, variants);
    if ([...portions.values()].every(({ share }) => share >= AS_GOOD_AS_WHOLE)) return steps;
    steps.push(portions);
  }
}

/**
 * So many times the size. A percentage is the share of the traffic to the letter, whatever the instance count: a canary of 10 %
 * of two instances gets a tenth of the calls, not half of them. What is shown are whole instances, at least one.
 */
export function portionsOf(
  size: Checked<CapacitySize>,
  times: number,
  variants: PlannedVariant[],
): Map<string, Portion> {
  return new Map(
    variants.map(({ name, instances }) => {
      const wanted = size.Type === 'INSTANCE_COUNT' ? (size.Value * times) / instances : (size.Value * times) / 100;
      const share = Math.min(1, wanted);
      return [name, { share, instances: Math.min(instances, Math.max(1, Math.ceil(share * instances - 1e-9))) }];
    }),
  );
}
