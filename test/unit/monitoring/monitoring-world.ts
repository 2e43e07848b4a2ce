import { Policy } from '../../../shared/domain/policy.ts';
import { acceptedRun, DATA_URI, testStage } from '../../fakes/accepted-run.ts';
import { fakeAlarms } from '../../fakes/alarms.ts';
import { fakeBus } from '../../fakes/bus.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeEndpointMetrics } from '../../fakes/endpoint-metrics.ts';
import { fakeLatencyReadings } from '../../fakes/latency-readings.ts';
import { fakeMetrics } from '../../fakes/metrics.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON, sampleRelease } from '../../fakes/sample-records.ts';
import { fakeSchedules } from '../../fakes/schedules.ts';

export const DRIFT = { drift: { schedule: 'rate(1 hour)', alert: { consecutive: 2 } } };
export const LATENCY = { latency: { slo: { withinMs: 100, target: 0.99 } } };

export function policyWith(monitoring: object | undefined, capture = true): Policy {
  return Policy.parse({
    apiVersion: 'mlops/v1',
    model: 'flight-delays',
    data: [{ name: 'flights', uri: DATA_URI }],
    pipeline: {},
    evaluation: { gates: [{ metric: 'binary_classification_metrics.auc.value', min: 0.7 }] },
    approval: { stewards: { group: 'ml-stewards' } },
    environments: [
      { name: 'dev', instanceType: 'ml.t2.medium' },
      { name: 'prod', instanceType: 'ml.m5.large', ...(capture && { capture: { percent: 100 } }) },
    ],
    smokeTest: {},
    ...(monitoring && { monitoring }),
  });
}

/** A model that is live in dev and prod, with what watches it; `live` puts another version with another policy there. */
export async function monitoringWorld(policy = policyWith({ ...DRIFT, ...LATENCY })) {
  const runs = fakeRuns();
  const deployments = fakeDeployments();
  const bus = fakeBus();
  const accepted = await acceptedRun({}, policy);
  const { documents } = accepted;
  const clock = { now: NOON };
  const deps = {
    runs,
    documents,
    deployments,
    onboarding: fakeOnboarding(),
    alarms: fakeAlarms(),
    schedules: fakeSchedules(),
    metrics: fakeMetrics(),
    endpointMetrics: fakeEndpointMetrics(),
    readings: fakeLatencyReadings(bus),
    topicArnOf: (role: string, group: string) => `arn:aws:sns:eu-central-1:000000000000:mlops-test-${role}-${group}`,
    stage: { ...testStage, region: 'eu-central-1' },
    now: () => clock.now,
  };
  const world = {
    deps,
    bus,
    clock,
    run: accepted.run,
    endpointName: 'mlops-test-flight-delays-prod',
    async live(version: number, newPolicy: Policy, environment = 'prod') {
      const { run, documents: written } = await acceptedRun(
        { sequence: version, pipelineId: 100 + version },
        newPolicy,
      );
      const policyText = await written.read(run.policy ?? never());
      const kept = await documents.write(`documents/policy-${version}.json`, policyText, 'application/json');
      runs.put({
        ...run,
        policy: kept,
        approval: {
          decidedBy: { id: 3, username: 'steward-1', name: 'Stella Steward' },
          decidedAt: NOON,
          packetSha256: 'a'.repeat(64),
          artifactSha256: 'b'.repeat(64),
          policySha256: 'c'.repeat(64),
        },
      });
      deployments.put({
        model: run.model,
        environment,
        endpointName: `mlops-test-flight-delays-${environment}`,
        live: sampleRelease(run, { version }),
      });
      return run;
    },
  };
  await world.live(7, policy);
  return world;
}

function never(): never {
  throw new Error('An accepted run has its policy.');
}
