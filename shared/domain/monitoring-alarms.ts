import type { AlarmDefinition } from './alarm-definition.ts';
import type { Release } from './deployment.ts';
import { driftMonitoringOf } from './drift-monitoring-of.ts';
import { ContractBroken } from './faults.ts';
import { countOf } from './format-number.ts';
import type { Policy } from './policy.ts';
import type { Run } from './run.ts';
import { endpointPageOf } from './run-places.ts';
import { schedulePeriodSeconds } from './schedule-period.ts';
import { watchedDimensions } from './watched-dimensions.ts';

/** CloudWatch looks back for so long at most, with periods of an hour and more. */
export const MAX_ALARM_SECONDS = 7 * 86_400;

/** Latency is measured so often (functions/monitoring/functions.yml). */
const MEASURED_EVERY_SECONDS = 300;

/** A window ends some minutes before it is looked at, and looking takes some. */
const LAG_SECONDS = 900;

const SUFFIXES = ['drift', 'latency-page', 'latency-ticket', 'errors', 'no-data', 'monitor-silent'] as const;
type Suffix = (typeof SUFFIXES)[number];

/** Whom an alarm tells: who is woken, or who looks in working hours. */
export type AlarmTopics = { page: string; ticket: string };

type Watched = {
  stage: string;
  publicUrl: string;
  environment: string;
  run: Pick<Run, 'model' | 'approval' | 'projectPath'>;
  live: Pick<Release, 'version' | 'commit'>;
  policy: Policy;
  topics: AlarmTopics;
};

/** The alarms that an environment may have; the name is for people. */
export function alarmNamesOf(stage: string, model: string, environment: string): string[] {
  return SUFFIXES.map((suffix) => alarmNameOf(stage, model, environment, suffix));
}

function alarmNameOf(stage: string, model: string, environment: string, suffix: Suffix): string {
  return `mlops-${stage}-${model}-${environment}-${suffix}`;
}

/**
 * What an environment's policy wants to be told of. No alarm takes missing data for good news: each stays as it is until a window or a
 * measurement says otherwise, and `monitor-silent` rings when nothing says anything.
 */
export function alarmsFor(watched: Watched): AlarmDefinition[] {
  return [...driftAlarms(watched), ...latencyAlarms(watched), ...silenceAlarms(watched)];
}

function driftAlarms(watched: Watched): AlarmDefinition[] {
  const { policy, environment, run, topics } = watched;
  const monitoring = driftMonitoringOf(policy, environment);
  if (monitoring === undefined) return [];
  const { schedule, alert } = monitoring.drift;
  const inARow = {
    periodSeconds: periodOf(schedule),
    evaluationPeriods: alert.consecutive,
    datapointsToAlarm: alert.consecutive,
    missingData: 'ignore',
  } as const;
  const windows = alert.consecutive === 1 ? 'in a window' : `in ${alert.consecutive} windows in a row`;
  return [
    alarm(watched, 'drift', `The live traffic of ${run.model} in ${environment} drifted ${windows}.`, {
      ...inARow,
      metric: 'DriftBreach',
      statistic: 'Maximum',
      comparison: 'at-least',
      threshold: 1,
      topicArn: topics.page,
    }),
    alarm(watched, 'no-data', `Nothing was captured of ${run.model} in ${environment} ${windows}.`, {
      ...inARow,
      metric: 'WindowRows',
      statistic: 'Sum',
      comparison: 'below',
      threshold: 1,
      topicArn: topics.ticket,
    }),
  ];
}

function latencyAlarms(watched: Watched): AlarmDefinition[] {
  const { policy, environment, run, topics } = watched;
  const objective = policy.monitoring?.latency?.slo;
  if (objective === undefined) return [];
  const measured = {
    statistic: 'Maximum',
    periodSeconds: MEASURED_EVERY_SECONDS,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    comparison: 'at-least',
    threshold: 1,
    missingData: 'ignore',
  } as const;
  const where = `${run.model} in ${environment}`;
  const promise = `${Number((objective.target * 100).toFixed(4))} % within ${objective.withinMs} ms without error`;
  return [
    alarm(watched, 'latency-page', `${where} uses up its error budget fast (objective: ${promise}).`, {
      ...measured,
      metric: 'LatencyPage',
      topicArn: topics.page,
    }),
    alarm(watched, 'latency-ticket', `${where} uses up its error budget too soon (objective: ${promise}).`, {
      ...measured,
      metric: 'LatencyTicket',
      topicArn: topics.ticket,
    }),
    alarm(watched, 'errors', `${where} fails so often that errors alone use up its budget fast.`, {
      ...measured,
      metric: 'ErrorPage',
      topicArn: topics.page,
    }),
  ];
}

/** Where drift is not watched, the measurement of latency is what may fall silent. */
function silenceAlarms(watched: Watched): AlarmDefinition[] {
  const { policy, environment, run, topics } = watched;
  const drift = driftMonitoringOf(policy, environment)?.drift;
  if (drift === undefined && policy.monitoring?.latency === undefined) return [];
  const periodSeconds = drift === undefined ? MEASURED_EVERY_SECONDS : periodOf(drift.schedule);
  const periods = Math.ceil((2 * periodSeconds + LAG_SECONDS) / periodSeconds);
  const what = drift === undefined ? 'measured the latency' : 'judged a window';
  const sentence = `For ${countOf((periods * periodSeconds) / 60, 'minute')} nothing ${what} of ${run.model} in ${environment}: what is live is not watched.`;
  return [
    alarm(watched, 'monitor-silent', sentence, {
      metric: drift === undefined ? 'LatencyMonitorAlive' : 'MonitorAlive',
      statistic: 'Sum',
      periodSeconds,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      comparison: 'below',
      threshold: 1,
      missingData: 'breaching',
      topicArn: topics.page,
    }),
  ];
}

function alarm(
  { stage, publicUrl, environment, run, live }: Watched,
  suffix: Suffix,
  sentence: string,
  rule: Omit<AlarmDefinition, 'name' | 'description' | 'dimensions'>,
): AlarmDefinition {
  const { approval, model, projectPath } = run;
  const lines = [
    sentence,
    `Version ${live.version}, commit ${live.commit.slice(0, 12)} of ${projectPath}${approval === undefined ? '' : `, approved by ${approval.decidedBy.name} (@${approval.decidedBy.username})`}.`,
    `What to do: ${publicUrl}/runbooks/${suffix}`,
    `Reports, history and the way back: ${endpointPageOf(publicUrl, model, environment)}`,
  ];
  return {
    name: alarmNameOf(stage, model, environment, suffix),
    description: lines.join('\n').slice(0, 1_024),
    dimensions: watchedDimensions(stage, model, environment),
    ...rule,
  };
}

function periodOf(schedule: string): number {
  const seconds = schedulePeriodSeconds(schedule);
  if (seconds === undefined)
    throw new ContractBroken(
      `monitoring.drift.schedule ${schedule} leaves out days; acceptance refuses such a policy.`,
    );
  return seconds;
}
