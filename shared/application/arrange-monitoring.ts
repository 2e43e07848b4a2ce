import type { AlarmDefinition } from '../domain/alarm-definition.ts';
import type { Deployment, LiveDeployment } from '../domain/deployment.ts';
import { driftMonitoringOf } from '../domain/drift-monitoring-of.ts';
import { ContractBroken } from '../domain/faults.ts';
import { alarmNamesOf, alarmsFor } from '../domain/monitoring-alarms.ts';
import { dashboardNameOf, dashboardOf } from '../domain/monitoring-dashboard.ts';
import { scheduleNameOf, scheduleOf } from '../domain/monitoring-schedule.ts';
import type { Policy } from '../domain/policy.ts';
import type { Run } from '../domain/run.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Documents } from '../ports/documents.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { TopicAddress } from '../ports/notices.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs } from '../ports/runs.ts';
import type { Schedules } from '../ports/schedules.ts';
import type { Stage } from '../ports/stage.ts';
import { together } from './in-parallel.ts';
import { readPolicy } from './read-run-documents.ts';

export type ArrangeMonitoringDeps = {
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

type Judged = { run: Run; policy: Policy };
/** A run with its policy, which is read once however often it is asked for. */
type FindJudged = (runId: string) => Promise<Judged>;

/**
 * Gives an environment the schedule and the alarms that its live version's policy asks for, takes away what it doesn't ask for, and
 * draws the model's dashboard anew from all its `deployments`. Everything has a name of its own, so a repetition changes nothing.
 */
export async function arrangeMonitoring(
  deployment: LiveDeployment,
  deployments: readonly Deployment[],
  deps: ArrangeMonitoringDeps,
): Promise<{ watched: string[] }> {
  const findJudged = readOnce(deps);
  const [watched] = await together([
    watch(deployment, findJudged, deps),
    drawDashboard(deployment.model, deployments, findJudged, deps),
  ]);
  return { watched };
}

function readOnce({ runs, documents }: ArrangeMonitoringDeps): FindJudged {
  const judged = new Map<string, Promise<Judged>>();
  const read = async (runId: string): Promise<Judged> => {
    const run = await runs.get(runId);
    return { run, policy: await readPolicy(documents, run) };
  };
  return (runId) => {
    const reading = judged.get(runId) ?? read(runId);
    judged.set(runId, reading);
    return reading;
  };
}

/** Schedule and alarms. Of the alarms' calls CloudWatch takes three a second, so they are put one after the other. */
async function watch(
  { live, model, environment }: LiveDeployment,
  findJudged: FindJudged,
  deps: ArrangeMonitoringDeps,
): Promise<string[]> {
  const { stage, alarms } = deps;
  const { run, policy } = await findJudged(live.runId);
  const record = deps.onboarding.ofModel(model);
  if (record === undefined)
    throw new ContractBroken(`${model} has no onboarding record any more, so nobody can be told of its alarms.`);
  const topics = {
    page: deps.topicArnOf('on-call', record.groups.onCall),
    ticket: deps.topicArnOf('tickets', record.groups.onCall),
  };
  const wanted = alarmsFor({ stage: stage.stage, publicUrl: stage.publicUrl, environment, run, live, policy, topics });
  const watched = wanted.map(({ name }) => name);
  const putAll = async () => {
    await beginToWatch(wanted, deps);
    for (const alarm of wanted) await alarms.put(alarm, { ...stage.tags, model, environment });
  };
  await together([
    arrangeSchedule(model, environment, policy, deps),
    putAll(),
    alarms.remove(alarmNamesOf(stage.stage, model, environment).filter((name) => !watched.includes(name))),
  ]);
  return watched;
}

async function arrangeSchedule(
  model: string,
  environment: string,
  policy: Policy,
  { schedules }: ArrangeMonitoringDeps,
): Promise<void> {
  const monitoring = driftMonitoringOf(policy, environment);
  if (monitoring === undefined) await schedules.remove(scheduleNameOf(model, environment));
  else await schedules.ensure(scheduleOf(model, environment, monitoring.drift.schedule));
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
async function drawDashboard(
  model: string,
  deployments: readonly Deployment[],
  findJudged: FindJudged,
  { alarms, stage }: ArrangeMonitoringDeps,
): Promise<void> {
  const rows = await Promise.all(
    deployments.map(async ({ live, environment, endpointName }) => {
      if (live === undefined) return [];
      const { policy } = await findJudged(live.runId);
      const place = policy.environments.findIndex(({ name }) => name === environment);
      const withinMs = policy.monitoring?.latency?.slo.withinMs;
      const watchesDrift = driftMonitoringOf(policy, environment) !== undefined;
      return [{ place, environment, endpointName, withinMs, watchesDrift }];
    }),
  );
  // What is nearest to people first: production.
  const shown = rows.flat().sort((a, b) => b.place - a.place);
  await alarms.putDashboard(dashboardNameOf(stage.stage, model), dashboardOf(model, shown, stage));
}
