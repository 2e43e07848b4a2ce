import type { AlarmDefinition } from '../domain/alarm-definition.ts';
import type { Deployment, Release } from '../domain/deployment.ts';
import { driftMonitoringOf } from '../domain/drift-monitoring-of.ts';
import { ContractBroken } from '../domain/faults.ts';
import { alarmNamesOf, alarmsFor } from '../domain/monitoring-alarms.ts';
import { dashboardNameOf, dashboardOf } from '../domain/monitoring-dashboard.ts';
import { scheduleNameOf, scheduleOf } from '../domain/monitoring-schedule.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Documents } from '../ports/documents.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { TopicAddress } from '../ports/notices.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs } from '../ports/runs.ts';
import type { Schedules } from '../ports/schedules.ts';
import type { Stage } from '../ports/stage.ts';
import { readPolicy } from './read-run-documents.ts';

export type ArrangeMonitoringDeps = {
  deployments: Pick<Deployments, 'find' | 'listByModel'>;
  runs: Pick<Runs, 'get'>;
  documents: Pick<Documents, 'read'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  alarms: Alarms;
  schedules: Schedules;
  metrics: Metrics;
  topicArnOf: TopicAddress;
  stage: Pick<Stage, 'stage' | 'publicUrl' | 'tags'> & { region: string };
  now: () => string;
};

/**
 * Gives an environment the schedule and the alarms that its live version's policy asks for, takes away what it doesn't ask for, and
 * draws the model's dashboard anew. Everything has a name of its own, so a repetition changes nothing.
 */
export async function arrangeMonitoring(
  { live, model, environment }: Deployment & { live: Release },
  deps: ArrangeMonitoringDeps,
): Promise<{ watched: string[] }> {
  const { stage, alarms, schedules } = deps;
  const run = await deps.runs.get(live.runId);
  const policy = await readPolicy(deps.documents, run);
  const record = deps.onboarding.ofModel(model);
  if (record === undefined)
    throw new ContractBroken(`${model} has no onboarding record any more, so nobody can be told of its alarms.`);
  const monitoring = driftMonitoringOf(policy, environment);
  if (monitoring === undefined) await schedules.remove(scheduleNameOf(model, environment));
  else await schedules.ensure(scheduleOf(model, environment, monitoring.drift.schedule));
  const topics = {
    page: deps.topicArnOf('on-call', record.groups.onCall),
    ticket: deps.topicArnOf('tickets', record.groups.onCall),
  };
  const wanted = alarmsFor({ stage: stage.stage, publicUrl: stage.publicUrl, environment, run, live, policy, topics });
  await beginToWatch(wanted, deps);
  for (const alarm of wanted) await alarms.put(alarm, { ...stage.tags, model, environment });
  const watched = wanted.map(({ name }) => name);
  for (const name of alarmNamesOf(stage.stage, model, environment))
    if (!watched.includes(name)) await alarms.remove(name);
  await drawDashboard(model, deps);
  return { watched };
}

/** Silence counts from now on: without a first sign of life the alarm on silence would ring as soon as it is made. */
async function beginToWatch(
  alarms: readonly AlarmDefinition[],
  { metrics, now }: ArrangeMonitoringDeps,
): Promise<void> {
  const onSilence = alarms.filter(({ missingData }) => missingData === 'breaching');
  const at = now();
  await metrics.publish(onSilence.map(({ metric, dimensions }) => ({ name: metric, value: 1, dimensions, at })));
}

/** A row for every environment in which something is live, as its live version's policy wants to be served there. */
async function drawDashboard(model: string, deps: ArrangeMonitoringDeps): Promise<void> {
  const shown = [];
  for (const { live, environment, endpointName } of await deps.deployments.listByModel(model)) {
    if (live === undefined) continue;
    const policy = await readPolicy(deps.documents, await deps.runs.get(live.runId));
    const place = policy.environments.findIndex(({ name }) => name === environment);
    const withinMs = policy.monitoring?.latency?.slo.withinMs;
    shown.push({
      place,
      environment,
      endpointName,
      withinMs,
      watchesDrift: driftMonitoringOf(policy, environment) !== undefined,
    });
  }
  // What is nearest to people first: production.
  shown.sort((a, b) => b.place - a.place);
  const { stage } = deps;
  await deps.alarms.putDashboard(dashboardNameOf(stage.stage, model), dashboardOf(model, shown, stage));
}
