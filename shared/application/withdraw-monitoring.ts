import { alarmNamesOf } from '../domain/monitoring-alarms.ts';
import { scheduleNameOf } from '../domain/monitoring-schedule.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Schedules } from '../ports/schedules.ts';
import type { Stage } from '../ports/stage.ts';
import { together } from './in-parallel.ts';

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
  await together([
    schedules.remove(scheduleNameOf(model, environment)),
    alarms.remove(alarmNamesOf(stage.stage, model, environment)),
  ]);
}
