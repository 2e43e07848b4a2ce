import { alarmNamesOf } from '../domain/monitoring-alarms.ts';
import { scheduleNameOf } from '../domain/monitoring-schedule.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Schedules } from '../ports/schedules.ts';
import type { Stage } from '../ports/stage.ts';

export type WithdrawMonitoringDeps = {
  alarms: Pick<Alarms, 'remove'>;
  schedules: Pick<Schedules, 'remove'>;
  stage: Pick<Stage, 'stage'>;
};

/** Takes away the schedule and the alarms of an environment in which nothing is live. The model's dashboard stays: it has the history. */
export async function withdrawMonitoring(
  model: string,
  environment: string,
  { alarms, schedules, stage }: WithdrawMonitoringDeps,
): Promise<void> {
  await schedules.remove(scheduleNameOf(model, environment));
  for (const name of alarmNamesOf(stage.stage, model, environment)) await alarms.remove(name);
}
