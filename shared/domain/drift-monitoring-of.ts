import type { Capture, DriftMonitoring, Policy } from './policy.ts';

/** How drift is watched in an environment: where the policy asks for it and the environment captures; `undefined` elsewhere. */
export function driftMonitoringOf(
  policy: Policy,
  environment: string,
): { drift: DriftMonitoring; capture: Capture } | undefined {
  const drift = policy.monitoring?.drift;
  const capture = policy.environments.find(({ name }) => name === environment)?.capture;
  return drift === undefined || capture === undefined ? undefined : { drift, capture };
}
