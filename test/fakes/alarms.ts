import type { AlarmDefinition } from '../../shared/domain/alarm-definition.ts';
import type { Alarms } from '../../shared/ports/alarms.ts';

export type FakeAlarms = Alarms & {
  alarms: Map<string, AlarmDefinition & { tags: Readonly<Record<string, string>> }>;
  dashboards: Map<string, string>;
};

export function fakeAlarms(): FakeAlarms {
  const alarms: FakeAlarms['alarms'] = new Map();
  const dashboards: FakeAlarms['dashboards'] = new Map();
  return {
    alarms,
    dashboards,
    async put(alarm, tags) {
      alarms.set(alarm.name, { ...alarm, tags: alarms.get(alarm.name)?.tags ?? tags });
    },
    async remove(names) {
      for (const name of names) alarms.delete(name);
    },
    async putDashboard(name, body) {
      dashboards.set(name, body);
    },
  };
}
