import { endpointNameOf } from '../domain/names.ts';
import type { Hosting } from '../ports/sagemaker.ts';
import { type WithdrawMonitoringDeps, withdrawMonitoring } from './withdraw-monitoring.ts';

export type RetireEndpointDeps = WithdrawMonitoringDeps & { hosting: Pick<Hosting, 'describeEndpoint'> };

/** Stops watching an endpoint that SageMaker no longer has, or takes away at this moment. One that stands is left alone. */
export async function retireEndpoint(
  model: string,
  environment: string,
  deps: RetireEndpointDeps,
): Promise<'withdrawn' | 'still-there'> {
  const standing = await deps.hosting.describeEndpoint(endpointNameOf(deps.stage.stage, model, environment));
  if (standing !== undefined && standing.status !== 'Deleting') return 'still-there';
  await withdrawMonitoring(model, environment, deps);
  return 'withdrawn';
}
