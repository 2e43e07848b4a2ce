import type { CapacitySize, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import { type PlannedVariant, planDeployment } from './deployment-plan.ts';

type Bounds = { member: string; from: number; to: number };

/** The rules of a deployment config that the service model can't tell. `variants` are those of the new config. @throws ValidationException */
export function requireDeployable(config: Checked<DeploymentConfig>, variants: PlannedVariant[]): void {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config;
  if (blueGreen !== undefined && rolling !== undefined)
    throw refused('only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified');
  const routing = blueGreen?.TrafficRoutingConfiguration;
  if (routing !== undefined) {
    const { Type: type, CanarySize: canary, LinearStepSize: linear } = routing;
    requireOnlyFor(type, 'CANARY', 'CanarySize', canary);
    requireOnlyFor(type, 'LINEAR', 'LinearStepSize', linear);
    requireWithin(canary, { member: 'CanarySize', from: 0, to: 50 }, variants);
    requireWithin(linear, { member: 'LinearStepSize', from: 10, to: 50 }, variants);
  }
  if (rolling !== undefined) {
    if (variants.length > 1)
      throw refused('RollingUpdatePolicy is not supported for endpoints with more than one production variant');
    requireWithin(rolling.MaximumBatchSize, { member: 'MaximumBatchSize', from: 5, to: 50 }, variants);
    requireWithin(rolling.RollbackMaximumBatchSize, { member: 'RollbackMaximumBatchSize', from: 0, to: 100 }, variants);
  }
  requireTime(config, variants);
}

/** A guarded deployment goes variant by variant, so both configs must have the same ones. @throws ValidationException */
export function requireSameVariants(former: string[], next: string[]): void {
  if (former.length === next.length && former.every((name) => next.includes(name))) return;
  throw refused(
    `the new endpoint configuration must have the same variant names as the old one, ${former.join(', ')}; it has ${next.join(', ')}`,
  );
}

function requireOnlyFor(type: string, wanted: string, member: string, size: Checked<CapacitySize> | undefined): void {
  if (type === wanted && size === undefined)
    throw refused(`${member} is required for the traffic routing type ${type}`);
  if (type !== wanted && size !== undefined)
    throw refused(`${member} can't be specified for the traffic routing type ${type}`);
}

function requireWithin(
  size: Checked<CapacitySize> | undefined,
  { member, from, to }: Bounds,
  variants: PlannedVariant[],
): void {
  if (size === undefined) return;
  for (const { name, instances } of variants) {
    const percent = size.Type === 'INSTANCE_COUNT' ? (100 * size.Value) / instances : size.Value;
    if (percent >= from && percent <= to) continue;
    const bounds = from === 0 ? `less than or equal to ${to}%` : `${from}-${to}%`;
    throw refused(
      `${member} must be ${bounds} of the variant's total instance count: ${size.Value} (${size.Type}) is ${Math.round(percent)}% of the ${instances} instance(s) of variant ${name}`,
    );
  }
}

/** The service asks for more time than the waits alone need. */
function requireTime(config: Checked<DeploymentConfig>, variants: PlannedVariant[]): void {
  const { steps, timeoutSeconds } = planDeployment(config, variants);
  const waits = steps.reduce((sum, step) => sum + step.bakeSeconds, 0);
  if (timeoutSeconds === undefined || timeoutSeconds > waits) return;
  throw refused(
    `MaximumExecutionTimeoutInSeconds must be larger than the total waiting time of the deployment, ${waits} seconds`,
  );
}

const refused = (why: string): ValidationException => new ValidationException(`Invalid DeploymentConfig: ${why}.`);
