import type { Schedule, Schedules } from '../../shared/ports/schedules.ts';

export type FakeSchedules = Schedules & { schedules: Map<string, Schedule> };

export function fakeSchedules(): FakeSchedules {
  const schedules: FakeSchedules['schedules'] = new Map();
  return {
    schedules,
    async ensure(schedule) {
      schedules.set(schedule.name, schedule);
    },
    async remove(name) {
      schedules.delete(name);
    },
  };
}
